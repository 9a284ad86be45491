//! Whose key drives the job: batches belong to a workspace, and another one does not show them.

use crate::error::{Error, ErrorCode};
use crate::wire::Reply;

use super::machine::Machine;

impl Machine {
    /// Whether an answer comes from the workspace and the organisation in which the job was begun, as far as the API
    /// names them. A job whose key belongs elsewhere ends: its batches would not be found, and paid for anew.
    pub(super) fn is_at_home(&mut self, reply: &Reply) -> bool {
        let named = |wanted: &str| {
            let header = reply.headers.iter().find(|(name, _)| name == wanted);
            header.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        let workspace = named("anthropic-workspace-id");
        let organization = named("anthropic-organization-id");
        let mut elsewhere = None;
        for (what, known, named) in [
            ("workspace", &mut self.workspace, workspace),
            ("organization", &mut self.organization, organization),
        ] {
            match (known.as_ref(), named) {
                (Some(known), Some(named)) if *known != named => {
                    elsewhere = Some(format!(
                        "the job was begun in {what} {known}, and the key belongs to {named}; nothing is sent with it"
                    ));
                }
                (None, Some(named)) => *known = Some(named),
                _ => {}
            }
        }
        if let Some(message) = elsewhere {
            self.fail(Error::new(ErrorCode::OtherWorkspace, message));
            return false;
        }
        true
    }
}
