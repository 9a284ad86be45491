//! Citations, as an answer's text carries them when it is sent back.

use super::kinds::{
    COUNT, FILLED, Field, List, Mark, Object, POSITIVE, Shape, TEXT, Tagged, UP_TO_500, UP_TO_512, list,
    object, req, tagged, variant,
};

pub(super) static CITATIONS: List = List { mark: Mark::Citations, ..list(Shape::Tagged(&CITATION)) };

static CITATION: Tagged = tagged(&[
    variant("char_location", &CHARS),
    variant("page_location", &PAGES),
    variant("content_block_location", &BLOCKS),
    variant("web_search_result_location", &WEB),
    variant("search_result_location", &SEARCH),
]);

const TYPE: Field = req("type", TEXT);
const CITED: Field = req("cited_text", TEXT);
const INDEX: Field = req("document_index", COUNT);
const TITLE: Field = req("document_title", UP_TO_500).or_null();

static CHARS: Object =
    object(&[TYPE, CITED, INDEX, TITLE, req("start_char_index", COUNT), req("end_char_index", COUNT)]);
static PAGES: Object = object(&[
    TYPE,
    CITED,
    INDEX,
    TITLE,
    req("start_page_number", POSITIVE),
    req("end_page_number", POSITIVE),
]);
static BLOCKS: Object =
    object(&[TYPE, CITED, INDEX, TITLE, req("start_block_index", COUNT), req("end_block_index", COUNT)]);
static WEB: Object = object(&[
    TYPE,
    CITED,
    req("url", FILLED),
    req("title", UP_TO_512).or_null(),
    req("encrypted_index", TEXT),
]);
static SEARCH: Object = object(&[
    TYPE,
    CITED,
    req("source", TEXT),
    req("title", TEXT).or_null(),
    req("search_result_index", COUNT),
    req("start_block_index", COUNT),
    req("end_block_index", COUNT),
]);
