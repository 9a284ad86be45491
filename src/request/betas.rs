//! The betas we know by name, and those a batch names.

macro_rules! betas {
    ($($name:ident = $text:literal,)*) => {
        /// A beta, by the name that the header `anthropic-beta` has for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is its header's name")]
        pub enum Beta { $($name,)* }

        impl Beta {
            /// Every beta in the list of the official SDK 1.11.0, read 2026-11-19.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in the header.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

betas! {
    McpClient2025April = "mcp-client-2025-04-04",
    McpClient2025 = "mcp-client-2025-11-20",
    McpClient2026 = "mcp-client-2026-09-15",
    ContextManagement = "context-management-2025-06-27",
    Compact2026January = "compact-2026-01-12",
    Compact2026 = "compact-2026-09-04",
    StructuredOutputs = "structured-outputs-2025-11-13",
    TaskBudgets = "task-budgets-2026-03-13",
    FallbackJune = "server-side-fallback-2026-06-01",
    FallbackJuly = "server-side-fallback-2026-07-01",
    FallbackCreditJune = "fallback-credit-2026-06-01",
    FallbackCreditJuly = "fallback-credit-2026-07-01",
    MessageThreads = "message-threads-2026-08-12",
    ProfilesBilling = "user-profiles-billing-2026-10-01",
    ThinkingBinding = "thinking-binding-controls-2026-08-01",
    ThinkingUpdates = "thinking-display-updates-2026-08-18",
    ComputerUse2024 = "computer-use-2024-10-22",
    ComputerUse2025 = "computer-use-2025-01-24",
    ComputerUse2025November = "computer-use-2025-11-24",
    Advisor = "advisor-tool-2026-03-01",
    InterleavedThinking = "interleaved-thinking-2025-05-14",
    Context1m = "context-1m-2025-08-07",
    ContextExceeded = "model-context-window-exceeded-2025-08-26",
    FastMode = "fast-mode-2026-02-01",
    Output128k = "output-128k-2025-02-19",
    Output300k = "output-300k-2026-03-24",
    EfficientTools = "token-efficient-tools-2025-02-19",
    Files = "files-api-2025-04-14",
    ExtendedTtl = "extended-cache-ttl-2025-04-11",
    Skills = "skills-2025-10-02",
    CacheDiagnosis = "cache-diagnosis-2026-04-07",
    ProfilesMarch = "user-profiles-2026-03-24",
    ProfilesAugust = "user-profiles-2026-08-18",
    ProfilesSeptember = "user-profiles-2026-09-04",
    ToolChanges = "mid-conversation-tool-changes-2026-07-01",
    TurnOutputConfig = "mid-conversation-output-config-2026-07-01",
    SystemClearAt = "mid-conversation-system-clear-at-2026-08-21",
    InlineTools = "inline-tools-2026-09-15",
    ThinkingTokenCount = "thinking-token-count-2026-05-13",
    MessageBatches = "message-batches-2024-09-24",
    PromptCaching = "prompt-caching-2024-07-31",
    Pdfs = "pdfs-2024-09-25",
    TokenCounting = "token-counting-2024-11-01",
    CodeExecution = "code-execution-2025-05-22",
    Oauth = "oauth-2025-04-20",
}

/// The betas of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Betas {
    known: u64,
    strangers: bool,
}

impl Betas {
    /// Adds the beta of this name; false where we do not know it.
    pub fn add(&mut self, name: &str) -> bool {
        let known = Beta::ALL.iter().find(|beta| beta.as_str() == name);
        match known {
            Some(beta) => self.known |= 1 << *beta as u32,
            None => self.strangers = true,
        }
        known.is_some()
    }

    /// Whether the batch names this one.
    pub const fn has(self, beta: Beta) -> bool {
        self.known & (1 << beta as u32) != 0
    }

    /// Whether it names one we do not know, which may add any parameter.
    pub const fn has_strangers(self) -> bool {
        self.strangers
    }
}
