//! Which of the betas that change what params may hold were named at the create.

/// A beta, or several versions of one, that a key or a type needs to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beta {
    Advisor,
    BillingPolicy,
    BlockBinding,
    Compact,
    CompactSummary,
    Computer2024,
    Computer2025Early,
    Computer2025Late,
    ContextManagement,
    FallbackCredit,
    Interleaved,
    Mcp,
    MidConfig,
    MidClear,
    MidTools,
    Output300k,
    OutputFormat,
    ServerFallback,
    TaskBudget,
    Threads,
    ThinkingUpdates,
}

/// A set of them, and whether one was named that the model does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Betas(u32);

const STRANGER: u32 = 1 << 31;

impl Betas {
    /// What these names switch on.
    pub(super) fn named(names: &[&str]) -> Self {
        let bits = names.iter().map(|name| match of(name) {
            Some(beta) => 1 << beta as u32,
            None if is_harmless(name) => 0,
            None => STRANGER,
        });
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether what needs `beta` exists.
    pub(super) fn has(self, beta: Option<Beta>) -> bool {
        beta.is_none_or(|beta| self.0 & 1 << beta as u32 != 0)
    }

    /// Whether a beta was named of which nobody knows what keys it brings.
    pub(super) fn has_stranger(self) -> bool {
        self.0 & STRANGER != 0
    }
}

fn of(name: &str) -> Option<Beta> {
    Some(match name {
        "advisor-tool-2026-03-01" => Beta::Advisor,
        "user-profiles-billing-2026-10-01" => Beta::BillingPolicy,
        "thinking-binding-controls-2026-08-01" => Beta::BlockBinding,
        "compact-2026-01-12" => Beta::Compact,
        "compact-2026-09-04" => Beta::CompactSummary,
        "computer-use-2024-10-22" => Beta::Computer2024,
        "computer-use-2025-01-24" => Beta::Computer2025Early,
        "computer-use-2025-11-24" => Beta::Computer2025Late,
        "context-management-2025-06-27" => Beta::ContextManagement,
        "fallback-credit-2026-06-01" | "fallback-credit-2026-07-01" => Beta::FallbackCredit,
        "mcp-client-2025-04-04" | "mcp-client-2025-11-20" | "mcp-client-2026-09-15" => Beta::Mcp,
        "interleaved-thinking-2025-05-14" => Beta::Interleaved,
        "mid-conversation-output-config-2026-07-01" => Beta::MidConfig,
        "mid-conversation-system-clear-at-2026-08-21" => Beta::MidClear,
        "mid-conversation-tool-changes-2026-07-01" | "inline-tools-2026-09-15" => Beta::MidTools,
        "output-300k-2026-03-24" => Beta::Output300k,
        "structured-outputs-2025-11-13" => Beta::OutputFormat,
        "server-side-fallback-2026-06-01" | "server-side-fallback-2026-07-01" => Beta::ServerFallback,
        "task-budgets-2026-03-13" => Beta::TaskBudget,
        "message-threads-2026-08-12" => Beta::Threads,
        "thinking-display-updates-2026-08-18" => Beta::ThinkingUpdates,
        _ => return None,
    })
}

/// Betas that are known and bring no key: those of features that are free by now, of the wire, or of headers.
fn is_harmless(name: &str) -> bool {
    super::gate::is_known_beta(name)
}
