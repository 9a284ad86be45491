//! Sums of what was seen, so that a quiet simulation is noticed.

macro_rules! tally {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Tally { $($(#[doc = $doc])* pub(crate) $name: u64,)* }

        impl Tally {
            pub(crate) fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }
        }

        impl std::fmt::Display for Tally {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let all = [$((stringify!($name), self.$name),)*];
                let all: Vec<_> = all.iter().map(|(name, sum)| format!("{sum} {}", name.replace('_', " "))).collect();
                f.write_str(&all.join(", "))
            }
        }
    };
}

tally! {
    /// Jobs that came to their end.
    jobs,
    /// Turns of the loop.
    steps,
    /// What went wrong with our calls, on either side and on the way, and jumps of our clock. Rows that fail are none.
    faults,
    /// As many of them while nothing got through at all.
    cut_off,
    /// Deaths of our process.
    crashes,
    /// Times a job failed and was taken up again after its cause was mended.
    resumes,
    /// Creates whose fate was unknown.
    uncertain,
    /// Batches adopted from the list.
    adopted,
    /// Creates sent again after the settle window.
    settled,
    /// Parts halved.
    splits,
    /// Results read again.
    rereads,
    /// Passes over the requests.
    rounds,
    /// Jobs that were cancelled.
    canceled,
    /// Requests that ended as missing.
    missing,
    /// Batches whose results were gone.
    gone,
    /// Pilots that were looked at.
    pilots,
    /// Batches of strangers.
    strangers,
    /// Answers that were paid for nothing.
    paid_twice,
    /// As many of them as the report names.
    found,
    /// As many of the others as lie in a batch that the report says it could not check.
    unchecked,
    /// Jobs that took so long that the weather turned fair.
    calmed,
    /// Requests that rode with others.
    merged,
    /// Jobs that were over before anything was sent.
    refused,
    /// Jobs that lived in a store.
    kept,
    /// Operations on it.
    store_calls,
    /// Those that failed.
    store_faults,
    /// Times a job ended over one and was taken up again.
    store_ends,
    /// Puts into a sink that failed.
    sink_faults,
    /// Jobs that somebody else took up, too.
    rivals,
    /// Times an owner stood still.
    freezes,
    /// Times an owner lost the job to another while he drove it.
    conflicts,
    /// Creates that were held back because the lease had run out.
    held_back,
}
