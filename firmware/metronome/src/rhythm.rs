//! The border to C, `c/rhythm.h`.

mod c {
    unsafe extern "C" {
        pub safe fn rhythm_is_accent(beat: u32, accents: u32, beats: u32) -> bool;
    }
}

/// Says whether a beat, counted from 0, is one of the accents of a bar.
pub fn is_accent(beat: u32, accents: u32, beats: u32) -> bool {
    assert!(beat < beats, "a bar of {beats} has no beat {beat}");
    c::rhythm_is_accent(beat, accents, beats)
}
