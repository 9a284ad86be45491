//! Tools among one another, and the choice between them.

use crate::request::check::clip;
use crate::request::codes::ViolationCode as Code;
use crate::request::walk::Walk;

const MOST_STRICT: u32 = 20;

impl Walk<'_, '_> {
    /// A tool has been read.
    pub(in crate::request) fn tool(&mut self) {
        let tools = &mut self.buffers.notes.tools;
        tools.any = true;
        let (allowed, blocked, schema) = (tools.allowed, tools.blocked, tools.schema);
        if tools.is_strict {
            tools.strict += 1;
            if tools.strict == MOST_STRICT + 1 {
                tools.twentieth = schema.map(|(start, _)| start);
            }
            if let Some((start, end)) = schema {
                self.json_schema(start, end);
            }
        }
        if let Some(at) = blocked.filter(|_| allowed) {
            let message = "allowed_domains and blocked_domains exclude one another";
            self.error(Code::ParamsConflict, at, message, "keep one of them");
        }
    }

    pub(in crate::request) fn tool_choice(&mut self) {
        let tools = self.buffers.notes.tools;
        let Some(at) = tools.forced else { return };
        if !tools.any && tools.sets == 0 {
            let message = "a tool is demanded and none is declared";
            self.error(Code::ToolsChoice, at, message, "declare tools, or remove tool_choice");
            return;
        }
        let Some(wanted) = tools.forced_name else { return };
        if self.buffers.notes.tool_names.iter().any(|name| name.hash == wanted.hash) {
            return;
        }
        let name = self.string_at(wanted.at);
        let message = format!("the API says: Tool '{name}' not found in provided tools");
        // The names in a set of tools are not in the request.
        if tools.sets > 0 {
            self.doubt(Code::ToolsChoice, wanted.at, message, "check that a set of tools has it");
        } else {
            self.error(Code::ToolsChoice, wanted.at, message, "declare it, or choose one that is");
        }
    }

    /// Servers and the toolsets for them. The documentation says nothing of their names: whatever is odd is a warning.
    pub(in crate::request) fn servers(&mut self) {
        let (mut servers, sets) =
            (core::mem::take(&mut self.buffers.notes.servers), core::mem::take(&mut self.buffers.notes.sets));
        servers.sort_unstable_by_key(|name| (name.hash, name.at));
        for pair in servers.windows(2) {
            if let [first, again] = pair
                && first.hash == again.hash
            {
                let message = format!("two servers are called {:?}", clip(&self.string_at(again.at)));
                self.doubt(Code::McpServer, again.at, message, "rename or remove one of them");
            }
        }
        for set in &sets {
            if servers.binary_search_by_key(&set.hash, |server| server.hash).is_err() {
                let message = format!("no server is called {:?}", clip(&self.string_at(set.at)));
                self.doubt(Code::McpServer, set.at, message, "declare it in mcp_servers");
            }
        }
        (self.buffers.notes.servers, self.buffers.notes.sets) = (servers, sets);
    }

    pub(in crate::request) fn names_of_tools(&mut self) {
        let mut names = core::mem::take(&mut self.buffers.notes.tool_names);
        if names.len() > 1 {
            names.sort_unstable_by_key(|name| (name.hash, name.at));
            for pair in names.windows(2) {
                if let [first, again] = pair
                    && first.hash == again.hash
                {
                    let message = format!("two tools are called {:?}", self.string_at(again.at));
                    self.error(Code::ToolsDuplicate, again.at, message, "rename or remove one of them");
                }
            }
        }
        names.clear();
        self.buffers.notes.tool_names = names;
    }
}
