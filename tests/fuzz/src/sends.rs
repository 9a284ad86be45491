//! What is known outside of the machine about every request that was sent, and what it may therefore do.

use std::collections::BTreeMap;

use batchwise::job::CallId;
use batchwise::time::Millis;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// No create that carried it is of unknown fate.
    Known,
    /// A create with it is on its way, since then.
    OnItsWay(CallId, Millis),
    /// A create with it went without a proof, at that time; the newest look at the list that was sent since.
    Unclear { since: Millis, looked: Option<Millis> },
}

/// The sends of one job.
#[derive(Debug)]
pub(crate) struct Sends {
    fates: Vec<Fate>,
    /// Looks at the list on their way, with when they were sent.
    looks: BTreeMap<CallId, Millis>,
    /// How long after an unclear create a look must be sent to prove anything.
    settle: u64,
}

impl Sends {
    pub(crate) fn new(requests: usize, settle: u64) -> Self {
        Self { fates: vec![Fate::Known; requests], looks: BTreeMap::new(), settle }
    }

    /// The machine sends a create with these requests.
    pub(crate) fn create(&mut self, id: CallId, now: Millis, requests: impl Iterator<Item = u32>) {
        for request in requests {
            match self.fates[request as usize] {
                Fate::Known => {}
                Fate::OnItsWay(..) => panic!("request {request} is sent while it is on its way"),
                Fate::Unclear { since, looked } => {
                    let enough = looked.is_some_and(|at| at.get() >= since.get() + self.settle);
                    assert!(
                        enough,
                        "request {request}: unclear since {since:?}, looked {looked:?}, sent {now:?}"
                    );
                }
            }
            self.fates[request as usize] = Fate::OnItsWay(id, now);
        }
    }

    /// The machine looks at the list.
    pub(crate) fn look(&mut self, id: CallId, now: Millis) {
        self.looks.insert(id, now);
    }

    /// A look was answered with a page.
    pub(crate) fn looked(&mut self, id: CallId) {
        let Some(sent) = self.looks.remove(&id) else { return };
        for fate in &mut self.fates {
            if let Fate::Unclear { since, looked } = fate
                && sent >= *since
            {
                *looked = Some(sent);
            }
        }
    }

    /// The create with this call was answered: by what proves what became of it, or by nothing of the kind.
    pub(crate) fn answered(&mut self, id: CallId, now: Millis, proof: bool) {
        for fate in &mut self.fates {
            if matches!(fate, Fate::OnItsWay(on, _) if *on == id) {
                *fate = if proof { Fate::Known } else { Fate::Unclear { since: now, looked: None } };
            }
        }
    }

    /// The machine says that these requests have a batch.
    pub(crate) fn created(&mut self, requests: impl Iterator<Item = u32>) {
        for request in requests {
            self.fates[request as usize] = Fate::Known;
        }
    }

    /// Our process died: nobody will hear an answer any more.
    pub(crate) fn died(&mut self) {
        self.looks.clear();
        for fate in &mut self.fates {
            if let Fate::OnItsWay(_, since) = *fate {
                *fate = Fate::Unclear { since, looked: None };
            }
        }
    }
}
