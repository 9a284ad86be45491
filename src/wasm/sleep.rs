//! Waiting on the runtime's timers, or on a function of the caller's.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::error::{Error, ErrorCode};
use crate::time::Wait;
use crate::wire::LostReason;

use super::convert::{LONGEST_TIMER, callback};
use super::signal::{Link, is_aborted};

/// How to let time pass. The caller may bring a `sleep(ms, signal)` of his own: tests with a virtual clock do, and
/// engines that survive a restart in the middle of a wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sleeper {
    custom: Option<Function>,
}

impl Sleeper {
    /// The sleeper that `options.sleep` asks for.
    pub(crate) fn read(options: &JsValue) -> Result<Self, Error> {
        Ok(Self { custom: callback(options, "sleep")? })
    }

    /// Lets `wait` pass.
    ///
    /// # Errors
    /// [`ErrorCode::Aborted`] when `signal` fires first; [`ErrorCode::Option`] when the caller's function fails.
    pub(crate) async fn sleep(&self, wait: Wait, signal: Option<&AbortSignal>) -> Result<(), Error> {
        if is_aborted(signal) {
            return Err(aborted());
        }
        match &self.custom {
            Some(custom) => asleep_by(custom, wait, signal).await,
            None => asleep(wait, signal).await,
        }
    }
}

async fn asleep_by(custom: &Function, wait: Wait, signal: Option<&AbortSignal>) -> Result<(), Error> {
    let signal_value = signal.map_or(JsValue::UNDEFINED, JsValue::from);
    let called = custom.call2(&JsValue::UNDEFINED, &JsValue::from_f64(wait.get() as f64), &signal_value);
    let slept = match called {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
        Err(thrown) => Err(thrown),
    };
    match slept {
        _ if is_aborted(signal) => Err(aborted()),
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorCode::Option, "the sleep function that was given failed")),
    }
}

async fn asleep(wait: Wait, signal: Option<&AbortSignal>) -> Result<(), Error> {
    let link = Link::new(signal);
    let mut left = wait.get();
    loop {
        let step = left.min(LONGEST_TIMER.get());
        left -= step;
        match &link {
            Some(link) => {
                let forever = core::future::pending::<()>();
                if link.race(forever, Wait::millis(step), LostReason::Timeout).await
                    == Err(LostReason::Aborted)
                {
                    return Err(aborted());
                }
            }
            None => TimeoutFuture::new(u32::try_from(step).unwrap_or_default()).await,
        }
        if left == 0 {
            return Ok(());
        }
    }
}

/// The error of a wait that the caller ended.
pub(crate) fn aborted() -> Error {
    Error::new(ErrorCode::Aborted, "the caller's signal ended the waiting")
}
