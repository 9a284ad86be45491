//! Breakpoints of the prompt cache: at most four, the long ones first, and one on a block.

use crate::request::codes::ViolationCode as Code;
use crate::request::notes::Section;
use crate::request::violation::Fix;
use crate::request::walk::Walk;

const MOST: u32 = 4;

impl Walk<'_, '_> {
    /// A `cache_control` that began at `at` has been read.
    pub(in crate::request) fn breakpoint(&mut self, at: usize) {
        let is_of_block = self.is_in_turn();
        let cache = &mut self.buffers.notes.cache;
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
        if cache.section == Section::Params {
            cache.automatic = Some((at, cache.is_long));
            return;
        }
        if cache.section == Section::Messages && is_of_block {
            cache.last_block = Some(cache.is_long);
        }
        cache.count = cache.count.saturating_add(1);
        if cache.count > MOST {
            let count = cache.count;
            let message = format!("this is cache breakpoint {count} of the request, {MOST} are allowed");
            self.refuse(Code::CacheTooMany, at, message, "keep the last four; an automatic one counts too");
        }
    }

    /// The breakpoint for which the API chooses the place: the last block that can be cached.
    pub(in crate::request) fn automatic_breakpoint(&mut self) {
        let cache = self.buffers.notes.cache;
        let Some((at, is_long)) = cache.automatic else { return };
        if cache.last_block.is_some_and(|own| own != is_long) {
            let message = "the last block has a breakpoint of its own with another ttl";
            self.refuse(Code::CacheConflict, at, message, "remove it, or give both the same ttl");
        } else if cache.count == MOST {
            let message = format!(
                "with the automatic cache breakpoint there are {} of them, {MOST} are allowed",
                MOST + 1
            );
            let hint = "remove it, or one of the others";
            // Whether it counts where it falls on a block that has one is not said.
            if cache.last_block.is_some() {
                self.doubt(Code::CacheTooMany, at, message, hint);
            } else {
                self.refuse(Code::CacheTooMany, at, message, hint);
            }
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
