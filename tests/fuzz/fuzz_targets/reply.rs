#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| batchwise_fuzz::reply::run(data));
