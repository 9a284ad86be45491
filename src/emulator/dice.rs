//! Chance without a random source: every throw is a hash of the seed and of what is being decided.
//!
//! Nothing here has a state, so the answer to "does request 7 of batch 3 fail?" never depends on what was asked before.

/// What a throw is for. Two decisions about the same thing must not share their luck.
#[derive(Clone, Copy)]
pub(super) enum For {
    BatchId = 1,
    RequestId,
    MessageId,
    Micros,
    Duration,
    Finish,
    Outcome,
    Planted,
    Answer,
    Words,
    Order,
    Fault,
    Place,
    Chunk,
    Clock,
}

/// The throw for one decision, uniform over all 64 bits.
pub(super) fn throw(seed: u64, what: For, about: u64, part: u64) -> u64 {
    let mut hash = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
    for word in [what as u64, about, part] {
        hash = mix(hash ^ word.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9));
    }
    hash
}

/// A throw as a fraction in `[0, 1)`.
pub(super) fn unit(throw: u64) -> f64 {
    (throw >> 11) as f64 / (1_u64 << 53) as f64
}

/// A throw as a whole number below `limit`; 0 where `limit` is 0.
pub(super) fn below(throw: u64, limit: u64) -> u64 {
    ((u128::from(throw) * u128::from(limit)) >> 64) as u64
}

/// A positive fraction as the whole number below it.
#[expect(clippy::cast_sign_loss, reason = "the cast saturates, and nothing here is negative")]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

/// A number for a text, for decisions that belong to a `custom_id` rather than to a place.
pub(super) fn number_of(text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    mix(text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// An id as the API makes them: a prefix, `01`, and 22 characters without look-alikes.
pub(super) fn id(prefix: &str, seed: u64, what: For, about: u64, part: u64) -> String {
    const LETTERS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut out = String::with_capacity(prefix.len() + 25);
    out.push_str(prefix);
    out.push_str("_01");
    let (mut low, mut high) = (throw(seed, what, about, part), throw(!seed, what, about, part));
    for turn in 0..22 {
        let word = if turn < 11 { &mut low } else { &mut high };
        let letter = LETTERS.get((*word % 58) as usize).copied().unwrap_or(b'1');
        *word /= 58;
        out.push(char::from(letter));
    }
    out
}

/// The finaliser of splitmix64: every input bit reaches every output bit.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_another_question_another_one() {
        let one = throw(7, For::Outcome, 3, 4);
        assert_eq!(one, throw(7, For::Outcome, 3, 4));
        for other in [
            throw(8, For::Outcome, 3, 4),
            throw(7, For::Finish, 3, 4),
            throw(7, For::Outcome, 4, 3),
            throw(7, For::Outcome, 3, 5),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_rate_is_met_within_a_percent() {
        let hits = (0..100_000).filter(|n| unit(throw(1, For::Outcome, 0, *n)) < 0.02).count();
        assert!((1_900..2_100).contains(&hits), "{hits}");
    }

    #[test]
    fn ids_look_like_those_of_the_api_and_differ() {
        let ids: std::collections::HashSet<String> =
            (0..10_000).map(|n| id("msgbatch", 7, For::BatchId, n, 0)).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.starts_with("msgbatch_01") && id.len() == 33));
    }

    #[test]
    fn below_stays_below() {
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(below(0, 10), 0);
        assert_eq!(below(123, 0), 0);
    }
}
