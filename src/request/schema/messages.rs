//! Turns: who speaks, and what each may say.

use super::blocks::{ASSISTANT, SYSTEM_TURN, USER};
use super::kinds::{
    Either, Gate, List, Mark, Object, Shape, TEXT, Tagged, either, list, object, opt, req, tagged, variant,
};
use crate::request::betas::Beta;
use crate::request::models::EFFORTS;

pub(super) static MESSAGES: List = List { most: 100_000, mark: Mark::Messages, ..list(Shape::Tagged(&TURN)) };

static TURN: Tagged = Tagged {
    key: "role",
    ..tagged(&[
        variant("user", &USER_TURN).mark(Mark::User),
        variant("assistant", &ASSISTANT_TURN).mark(Mark::Assistant),
        variant("system", &SYSTEM_ROLE).mark(Mark::SystemRole),
    ])
};

static USER_TURN: Object =
    object(&[req("role", TEXT), req("content", Shape::Either(&USER_CONTENT)).mark(Mark::TurnText)]);
static USER_CONTENT: Either =
    either(Some(TEXT), Some(&List { mark: Mark::Content, ..list(Shape::Tagged(&USER)) }), None);

static ASSISTANT_TURN: Object =
    object(&[req("role", TEXT), req("content", Shape::Either(&ASSISTANT_CONTENT)).mark(Mark::TurnText)]);
static ASSISTANT_CONTENT: Either =
    either(Some(TEXT), Some(&List { mark: Mark::Content, ..list(Shape::Tagged(&ASSISTANT)) }), None);

static SYSTEM_ROLE: Object = object(&[
    req("role", TEXT),
    // With a beta it may be absent: a rule asks for it otherwise.
    opt("content", Shape::Either(&SYSTEM_CONTENT)).mark(Mark::TurnText),
    opt("clear_at", Shape::Word(&["next_user_message", "never"]))
        .or_null()
        .gate(Gate::Beta(&[Beta::SystemClearAt])),
    opt("output_config", Shape::Object(&TURN_CONFIG)).or_null().gate(Gate::Beta(&[Beta::TurnOutputConfig])),
]);
static SYSTEM_CONTENT: Either =
    either(Some(TEXT), Some(&List { mark: Mark::Content, ..list(Shape::Tagged(&SYSTEM_TURN)) }), None);
static TURN_CONFIG: Object = object(&[opt("effort", Shape::Word(&EFFORTS)).or_null()]);
