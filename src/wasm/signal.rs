//! One call's life, tied to the caller's signal.

use core::cell::RefCell;
use core::fmt;
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Poll, Waker};
use std::rc::Rc;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal};

use crate::time::Wait;
use crate::wire::LostReason;

use super::convert::{LONGEST_TIMER, get};

/// A controller for one call and a listener on the caller's signal, which is taken off when this is dropped: a signal
/// may outlive thousands of calls. Waiting on it makes no promise, so a stream of a million chunks leaves none behind.
pub(crate) struct Link {
    controller: AbortController,
    listening: Option<(AbortSignal, Closure<dyn FnMut()>)>,
    state: Rc<RefCell<State>>,
}

#[derive(Default)]
struct State {
    aborted: bool,
    waker: Option<Waker>,
}

impl Link {
    /// A link to `signal`; `None` when the runtime has no `AbortController`.
    pub(crate) fn new(signal: Option<&AbortSignal>) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let state = Rc::new(RefCell::new(State { aborted: is_aborted(signal), waker: None }));
        let listening = signal.filter(|signal| !signal.aborted()).and_then(|signal| {
            let heard = listener(signal, &controller, &state);
            let callback = heard.as_ref().unchecked_ref();
            signal.add_event_listener_with_callback("abort", callback).ok()?;
            Some((signal.clone(), heard))
        });
        Some(Self { controller, listening, state })
    }

    /// The signal to hand to `fetch`.
    pub(crate) fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// Whether the caller's signal has fired.
    pub(crate) fn is_aborted(&self) -> bool {
        self.state.borrow().aborted
    }

    /// Ends the call.
    pub(crate) fn abort(&self) {
        self.controller.abort();
    }

    /// Waits for `future`, but no longer than `wait` and only until the caller's signal fires. `late` names what it
    /// means when the time is up.
    pub(crate) async fn race<F: Future>(
        &self,
        future: F,
        wait: Wait,
        late: LostReason,
    ) -> Result<F::Output, LostReason> {
        let timer =
            TimeoutFuture::new(u32::try_from(wait.min(LONGEST_TIMER).get()).unwrap_or(i32::MAX as u32));
        let aborted = pin!(self.aborted());
        let stop = select(aborted, timer);
        match select(pin!(future), stop).await {
            Either::Left((output, _)) => Ok(output),
            Either::Right((Either::Left(_), _)) => Err(LostReason::Aborted),
            Either::Right((Either::Right(_), _)) => Err(late),
        }
    }

    /// Ends when the caller's signal fires.
    async fn aborted(&self) {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if state.aborted {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

fn listener(
    signal: &AbortSignal,
    controller: &AbortController,
    state: &Rc<RefCell<State>>,
) -> Closure<dyn FnMut()> {
    let (signal, controller, state) = (signal.clone(), controller.clone(), Rc::clone(state));
    Closure::new(move || {
        let waker = {
            let mut state = state.borrow_mut();
            state.aborted = true;
            state.waker.take()
        };
        let reason = Reflect::get(&signal, &JsValue::from_str("reason")).unwrap_or(JsValue::UNDEFINED);
        controller.abort_with_reason(&reason);
        if let Some(waker) = waker {
            waker.wake();
        }
    })
}

/// Whether `signal` is there and has fired.
pub(crate) fn is_aborted(signal: Option<&AbortSignal>) -> bool {
    signal.is_some_and(AbortSignal::aborted)
}

/// The value as a signal, if it behaves like one.
pub(crate) fn as_signal(value: JsValue) -> Option<AbortSignal> {
    let listens = ["addEventListener", "removeEventListener"]
        .iter()
        .all(|name| get(&value, name).is_some_and(|member| member.is_function()));
    listens.then(|| value.unchecked_into())
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some((signal, heard)) = self.listening.take() {
            let _ = signal.remove_event_listener_with_callback("abort", heard.as_ref().unchecked_ref());
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("aborted", &self.is_aborted()).finish_non_exhaustive()
    }
}
