//! Breakpoints of the prompt cache: at most four, the long ones first.

use crate::request::codes::ViolationCode as Code;
use crate::request::notes::Section;
use crate::request::violation::Fix;
use crate::request::walk::Walk;

const MOST: u32 = 4;

impl Walk<'_, '_> {
    /// A `cache_control` that began at `at` has been read.
    pub(in crate::request) fn breakpoint(&mut self, at: usize) {
        let cache = &mut self.buffers.notes.cache;
        cache.count = cache.count.saturating_add(1);
        let prompt = &mut self.facts.prompt;
        prompt.cache = true;
        prompt.long_cache |= cache.is_long;
        if let Some(section) = cache.by_section.get_mut(cache.section as usize) {
            if cache.is_long {
                section.long = section.long.or(Some(at));
                if section.short.is_some() {
                    section.late = section.late.or(Some(at));
                }
            } else {
                section.short = section.short.or(Some(at));
            }
        }
        if cache.count > MOST {
            let count = cache.count;
            let message = format!("this is cache breakpoint {count} of the request, {MOST} are allowed");
            self.refuse(Code::CacheTooMany, at, message, "keep the last four; an automatic one counts too");
        }
    }

    pub(in crate::request) fn order_of_breakpoints(&mut self) {
        let sections = self.buffers.notes.cache.by_section;
        let mut short = false;
        for (number, section) in sections.into_iter().enumerate() {
            let late = section.late.or_else(|| section.long.filter(|_| short));
            if let Some(at) = late {
                let message = "a breakpoint of 1h stands behind one of 5m";
                let hint = "use 1h for all of them; the order is tools, system, messages";
                let said = self.error(Code::CacheOrder, at, message, hint);
                if let (Some(violation), true) = (said, number == Section::Params as usize) {
                    violation.fix = Some(Fix::Remove);
                }
            }
            short |= section.short.is_some();
        }
    }
}
