//! The fuzz targets on a stable compiler: their corpora, and a fixed number of mutations of them.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use batchwise::pace::Rng;

#[allow(unreachable_pub, reason = "public in the crate that libFuzzer runs")]
#[path = "../fuzz/src/lib.rs"]
pub(crate) mod targets;

/// Mutations of a corpus that are tried in each run.
const MUTATIONS: u64 = 4_000;

#[test]
fn every_target_has_its_program_and_its_corpus() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let names = |folder: &str, ending: &str| {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> =
            entries.map(|name| name.to_str().unwrap().trim_end_matches(ending).to_owned()).collect();
        names.sort();
        names
    };
    let listed: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names("fuzz_targets", ".rs"), listed);
    assert_eq!(names("corpus", ""), listed);
}

#[test]
fn nothing_in_a_corpus_and_no_mutation_of_it_breaks_a_target() {
    for (name, target) in targets::TARGETS {
        let seeds = corpus(name);
        let mut rng = Rng::new(0xF022);
        let mutated = (0..MUTATIONS).map(|_| mutation(&seeds, &mut rng));
        for bytes in seeds.iter().cloned().chain(mutated) {
            let verdict = catch_unwind(|| target(&bytes));
            assert!(verdict.is_ok(), "{name} on b\"{}\"", bytes.escape_ascii());
        }
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 5, "{name} has a corpus");
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// One of the seeds with a few bytes changed, or with the tail of another.
fn mutation(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let pick = |rng: &mut Rng| seeds[rng.below(seeds.len() as u64) as usize].clone();
    let mut bytes = pick(rng);
    for _ in 0..=rng.below(4) {
        let at = rng.below(bytes.len() as u64 + 1) as usize;
        match rng.below(6) {
            0 => bytes.insert(at, rng.next_u64() as u8),
            1 => bytes.truncate(at),
            2 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            3 if at < bytes.len() => _ = bytes.remove(at),
            4 => {
                let end = bytes.len().min(at + rng.below(12) as usize);
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let other = pick(rng);
                let from = rng.below(other.len() as u64 + 1) as usize;
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}
