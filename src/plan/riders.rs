//! Requests that ride along with another that is the same.

/// Requests that are not sent, because another that is the same is: eight bytes each, and nothing where there are none.
#[derive(Clone, Debug, Default)]
pub struct Riders {
    /// In order.
    riders: Vec<u32>,
    /// With their leaders before them, in order.
    pairs: Vec<(u32, u32)>,
}

impl Riders {
    /// Adds a rider behind all others.
    pub fn push(&mut self, leader: u32, rider: u32) {
        self.riders.push(rider);
        self.pairs.push((leader, rider));
    }

    /// Puts them in order, once all are there.
    pub fn sort(&mut self) {
        self.pairs.sort_unstable();
    }

    /// How many there are.
    pub const fn len(&self) -> u32 {
        self.riders.len() as u32
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.riders.is_empty()
    }

    /// Whether `request` is one.
    pub fn contains(&self, request: u32) -> bool {
        self.riders.binary_search(&request).is_ok()
    }

    /// Whom `request` rides with: itself, where it is sent.
    pub fn leader_of(&self, request: u32) -> u32 {
        if !self.contains(request) {
            return request;
        }
        self.pairs.iter().find(|(_, rider)| *rider == request).map_or(request, |&(leader, _)| leader)
    }

    /// Those who ride with `leader`, in order.
    pub fn of(&self, leader: u32) -> impl ExactSizeIterator<Item = u32> {
        let from = self.pairs.partition_point(|&(of, _)| of < leader);
        let rest = self.pairs.get(from..).unwrap_or_default();
        let count = rest.partition_point(|&(of, _)| of == leader);
        rest.get(..count).unwrap_or_default().iter().map(|&(_, rider)| rider)
    }

    /// All of them with their leaders, `(leader, rider)`, by leader.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.pairs.iter().copied()
    }
}
