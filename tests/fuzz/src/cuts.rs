//! Bytes in pieces.

/// Cuts what follows the first byte into pieces; the first byte says how.
pub(crate) fn pieces(data: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let Some((&how, bytes)) = data.split_first() else { return (Vec::new(), data) };
    let mut state = u32::from(how);
    let mut rest = bytes;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        // Empty pieces and single bytes among them: a network delivers both.
        let (piece, after) = rest.split_at(((state >> 16) as usize % (usize::from(how) + 1)).min(rest.len()));
        pieces.push(piece);
        rest = after;
        if how == 0 {
            pieces.push(rest);
            break;
        }
    }
    (pieces, bytes)
}
