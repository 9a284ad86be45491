//! What the promise hangs on: a committed batch shows within the settle window of 15 minutes. As long as it does, nothing
//! is paid twice, whatever our clock says; beyond it, something is, or is paid for and no longer waited for. What the
//! sweep at the end of a round finds of that is counted: the report names it.

use crate::sim::config::{Conditions, Config};
use crate::sim::{Tally, run_all};

const JOBS: u64 = 1_000;
const MINUTE: u64 = 60_000;

fn table() -> [(&'static str, bool, Conditions); 6] {
    let kept = Conditions { list_lag: 25_000, late_commit: 25_000, offset: 0 };
    [
        ("none is broken", true, kept),
        ("our clock is 10 minutes fast", true, Conditions { offset: 600_000, ..kept }),
        ("our clock is 10 minutes slow", true, Conditions { offset: -600_000, ..kept }),
        (
            "lists lag and creates commit up to 14 minutes late",
            true,
            Conditions { list_lag: 280_000, late_commit: 280_000, ..kept },
        ),
        ("lists lag 20 minutes", false, Conditions { list_lag: 20 * MINUTE, ..kept }),
        ("creates commit up to 30 minutes late", false, Conditions { late_commit: 30 * MINUTE, ..kept }),
    ]
}

#[test]
fn nothing_is_paid_twice_while_batches_show_within_the_settle_window() {
    println!(
        "of {JOBS} jobs each, how many                        {:>10} {:>5} {:>12} | {:>7} {:>8} {:>10}",
        "paid twice", "lost", "without end", "answers", "reported", "unchecked"
    );
    for (title, holds, conditions) in table() {
        let outcome = run_all(0..JOBS, |seed| Config::under(seed, conditions));
        let count = |word: &str| outcome.failures.iter().filter(|(_, why)| why.contains(word)).count();
        let (twice, lost, endless) = (count("twice"), count("lost:"), count("no end"));
        let Tally { paid_twice, found, unchecked, .. } = outcome.total;
        println!(
            "{title:<54} {twice:>7} {lost:>5} {endless:>12} | {paid_twice:>7} {found:>8} {unchecked:>10}"
        );
        if holds {
            outcome.assert_all_right();
        } else {
            // A condition that can be broken without a trace is none.
            assert!(twice > 0 && endless == 0, "{:?}", outcome.failures);
            assert!(
                3 * found > paid_twice,
                "of {paid_twice} answers that were paid twice {found} are reported"
            );
        }
    }
}
