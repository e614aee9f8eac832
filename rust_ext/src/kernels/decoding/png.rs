//! PNG files of 8 bits a channel, by the `png` crate at its strictest.

use std::io::Cursor;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Limits};

use crate::error::KernelError;

/// The crate that decodes, and its version.
pub const DECODER: &str = "png 0.18.1";

/// Most bytes that the decoder may allocate for rows and chunks: those of one row of 2^26 pixels, and the row before.
const MOST: usize = 1 << 30;

/// Decodes a file of `shape` (height, width, channels) into `pixels`: grey, grey with alpha, RGB or RGBA.
///
/// # Errors
///
/// A file that is damaged in any way, a checksum that is wrong, or pixels of another shape or depth.
pub fn decode_png(
    data: &[u8],
    shape: (usize, usize, usize),
    pixels: &mut [u8],
) -> Result<(), KernelError> {
    let unlike = |what: String| Err(KernelError::Png { reason: what });
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(data), options);
    decoder.set_limits(Limits { bytes: MOST });
    let mut reader = decoder.read_info()?;
    let info = reader.info();
    let samples = match (info.bit_depth, info.color_type) {
        (BitDepth::Eight, ColorType::Grayscale) => 1,
        (BitDepth::Eight, ColorType::GrayscaleAlpha) => 2,
        (BitDepth::Eight, ColorType::Rgb) => 3,
        (BitDepth::Eight, ColorType::Rgba) => 4,
        (depth, colours) => return unlike(format!("{depth:?} bits of {colours:?}")),
    };
    let found = (info.height as usize, info.width as usize, samples);
    if found != shape {
        return unlike(format!("pixels of shape {found:?}"));
    }
    if reader.output_buffer_size() != Some(pixels.len()) {
        return unlike("pixels of another size".to_owned());
    }
    reader.next_frame(pixels)?;
    reader.finish()?;
    Ok(())
}

impl From<DecodingError> for KernelError {
    fn from(error: DecodingError) -> Self {
        Self::Png {
            reason: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of 2 by 3 pixels with 0, 1, 2, ...
    fn file() -> Vec<u8> {
        let mut data = Vec::new();
        let mut encoder = png::Encoder::new(&mut data, 3, 2);
        encoder.set_color(ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer
            .write_image_data(&(0..18).collect::<Vec<u8>>())
            .unwrap();
        writer.finish().unwrap();
        data
    }

    fn decode(data: &[u8], shape: (usize, usize, usize)) -> Result<Vec<u8>, KernelError> {
        let mut pixels = vec![255; shape.0 * shape.1 * shape.2];
        decode_png(data, shape, &mut pixels)?;
        Ok(pixels)
    }

    #[test]
    fn pixels_come_back() {
        let expected: Vec<u8> = (0..18).collect();
        assert_eq!(decode(&file(), (2, 3, 3)).unwrap(), expected);
    }

    #[test]
    fn another_shape_is_refused() {
        let error = decode(&file(), (3, 2, 3)).unwrap_err();
        assert_eq!(error.to_string(), "`data`: pixels of shape (2, 3, 3)");
        assert!(decode_png(&file(), (2, 3, 3), &mut [0; 17]).is_err());
    }

    #[test]
    fn nothing_that_is_cut_off_or_changed_is_read() {
        let whole = file();
        for end in 0..whole.len() {
            assert!(decode(&whole[..end], (2, 3, 3)).is_err());
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                assert!(decode(&damaged, (2, 3, 3)).is_err(), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn the_version_is_that_of_the_lock() {
        let lock = include_str!("../../../../Cargo.lock");
        let (name, version) = DECODER.split_once(' ').unwrap();
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")));
    }
}
