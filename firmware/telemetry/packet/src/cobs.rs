//! Consistent overhead byte stuffing: any bytes in, no zero among the bytes out.

use alloc::vec::Vec;

use crate::{DELIMITER, Error};

/// A block holds at most this many bytes; one that is full implies no zero after it.
const MAX_RUN: usize = 254;

/// Counts the bytes that `encode` makes of `data` bytes, at most.
pub const fn max_encoded(data: usize) -> usize {
    data + data / MAX_RUN + 1
}

/// Appends the encoded data to the frame, without a delimiter.
pub fn encode(data: &[u8], frame: &mut Vec<u8>) {
    let mut rest = data;
    loop {
        let run = rest.iter().take(MAX_RUN).take_while(|&&byte| byte != DELIMITER).count();
        let (block, tail) = rest.split_at(run);
        frame.push(run as u8 + 1);
        frame.extend_from_slice(block);
        rest = match tail {
            [] => return,
            _ if run == MAX_RUN => tail,
            // The code stands for this zero. Where it is the last byte, an empty block follows for its sake.
            [_zero, tail @ ..] => tail,
        };
    }
}

/// Decodes a frame that came without its delimiter.
pub fn decode(frame: &[u8]) -> Result<Vec<u8>, Error> {
    let mut data = Vec::with_capacity(frame.len());
    let mut rest = frame;
    while let [code, tail @ ..] = rest {
        let run = usize::from(*code).checked_sub(1).ok_or(Error::Stuffing)?;
        let (block, tail) = tail.split_at_checked(run).ok_or(Error::Stuffing)?;
        data.extend_from_slice(block);
        if run != MAX_RUN && !tail.is_empty() {
            data.push(DELIMITER);
        }
        rest = tail;
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::{MAX_RUN, decode, encode, max_encoded};
    use crate::{DELIMITER, Error};
    use alloc::vec::Vec;

    fn encoded(data: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        encode(data, &mut frame);
        frame
    }

    #[test]
    fn zeros_become_lengths() {
        assert_eq!(encoded(&[0x11, 0x22, 0x00, 0x33]), [3, 0x11, 0x22, 2, 0x33]);
        assert_eq!(encoded(&[0]), [1, 1]);
        assert_eq!(encoded(&[]), [1]);
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for length in [0, 1, MAX_RUN - 1, MAX_RUN, MAX_RUN + 1, 3 * MAX_RUN] {
            for period in [1, 2, 251, 1000] {
                let data: Vec<u8> = (0..length).map(|place| (place % period) as u8).collect();
                let frame = encoded(&data);
                assert!(frame.len() <= max_encoded(length));
                assert!(!frame.contains(&DELIMITER));
                assert_eq!(decode(&frame), Ok(data));
            }
        }
    }

    #[test]
    fn a_frame_that_ends_early_is_refused() {
        assert_eq!(decode(&[3, 0x11]), Err(Error::Stuffing));
        assert_eq!(decode(&[0]), Err(Error::Stuffing));
    }
}
