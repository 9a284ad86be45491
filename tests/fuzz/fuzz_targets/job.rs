#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| batchwise_fuzz::job::run(data));
