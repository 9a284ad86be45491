//! The tests have teeth: every safeguard that is taken out of the shipped code is missed within a thousand jobs.

use batchwise::mutants;

use crate::sim::{Config, World};

const SEEDS: u64 = 1_000;

/// Every `mutant!` in `src/`.
const MUTANTS: &[&str] = &[
    "mutant:no intent",
    "mutant:mark after the create",
    "mutant:time window instead of mark",
    "mutant:send again without a search",
    "mutant:look at one page only",
    "mutant:save the intent after the create",
    "mutant:forget the epoch",
    "mutant:delivered before the sink has it",
    "mutant:no settle",
    "mutant:settle by our own clock",
    "mutant:settle by the servers' clocks",
    "mutant:settle by the answer of a look",
    "mutant:servers' clocks agree",
    "mutant:no upper bound",
    "mutant:tentative claims are proof",
    "mutant:adopt without verifying",
    "mutant:forget strangers",
    "mutant:retry a create on 5xx",
    "mutant:a lost create was not accepted",
    "mutant:a batch that is gone never was",
    "mutant:trust the end of file",
    "mutant:count readings of strangers",
    "mutant:hand out again",
    "mutant:one round too many",
    "mutant:cancel is not kept",
    "mutant:cancel what may be a stranger's",
];

/// Runs jobs against a bug until one of them goes wrong: each seed's own, and one among many batches of its sizes.
fn hunt(name: &'static str) -> Option<(u64, String)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let found = std::sync::Mutex::new(None);
    std::thread::scope(|scope| {
        for offset in 0..threads {
            let found = &found;
            scope.spawn(move || {
                mutants::set(name);
                for seed in (offset..SEEDS).step_by(threads as usize) {
                    let best =
                        || found.lock().unwrap().as_ref().map_or(u64::MAX, |(seed, _): &(u64, String)| *seed);
                    if best() < seed {
                        return;
                    }
                    for config in [Config::of, Config::crowded] {
                        if let Err(why) = World::new(config(seed)).run()
                            && seed < best()
                            && is_right_without(name, config(seed))
                        {
                            *found.lock().unwrap() = Some((seed, why));
                        }
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn the_tag_by_which_a_normal_build_is_searched_is_in_this_one() {
    let tag: Vec<u8> = ":tnatum".bytes().rev().collect();
    let built = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert!(built.windows(tag.len()).any(|bytes| bytes == tag));
}

#[test]
fn every_bug_in_the_sources_is_in_the_table() {
    let mut named = Vec::new();
    for file in std::fs::read_dir("src/job").unwrap().chain(std::fs::read_dir("src/journal").unwrap()) {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        named.extend(
            text.split("mutant!(\"")
                .skip(1)
                .map(|rest| format!("mutant:{}", rest.split('"').next().unwrap())),
        );
    }
    named.sort();
    named.dedup();
    let mut table: Vec<_> = MUTANTS.iter().map(ToString::to_string).collect();
    table.sort();
    assert_eq!(named, table);
}

/// A job that goes wrong without the bug, too, has found nothing.
fn is_right_without(name: &'static str, config: Config) -> bool {
    mutants::set("");
    let verdict = World::new(config).run();
    mutants::set(name);
    verdict.is_ok()
}

#[test]
fn every_seeded_bug_is_found_within_a_thousand_jobs() {
    println!("{:<42} {:>5}  what went wrong", "bug", "seed");
    let mut missed = Vec::new();
    // One of them, or those that are called alike: MUTANT.
    let some = std::env::var("MUTANT").unwrap_or_default();
    for name in MUTANTS.iter().filter(|name| name.contains(&some)) {
        let title = name.trim_start_matches("mutant:");
        match hunt(name) {
            Some((seed, why)) => println!("{title:<42} {seed:>5}  {:.100}", why.replace('\n', " ")),
            None => {
                println!("{title:<42}     -");
                missed.push(title);
            }
        }
    }
    assert!(missed.is_empty(), "not found within {SEEDS} jobs: {missed:?}");
}
