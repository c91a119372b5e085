//! One text file in gzip: `.csv.gz`, `.tsv.gz`. What unpacks to more than the limits allow is refused, not truncated.

use super::{Content, Limits, sniff, text};
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Unpacks and reads one file.
pub(super) fn read(path: &str, bytes: &[u8], limits: Limits) -> Content {
    let by_size = u64::try_from(bytes.len()).unwrap_or(u64::MAX).saturating_mul(limits.max_expansion);
    let most = limits.max_expanded.min(by_size.max(1 << 20));
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut unpacked);
    match read {
        Err(_) => Content::Unreadable("压缩文件不完整，可能没有下载完。请重新取得一份。".to_owned()),
        Ok(_) if unpacked.len() as u64 > most => {
            Content::Unreadable("压缩文件解开后太大，没有读。确实要查的，请先解开再放进来。".to_owned())
        }
        Ok(_) => match sniff::kind(&unpacked) {
            sniff::FileKind::Text => text::read(path, &unpacked, limits),
            sniff::FileKind::Empty => Content::Unreadable("压缩文件里是空的，没有内容可读。".to_owned()),
            _ => Content::NotATable("是压缩包，里面不是文本表格。请解开再放进来。".to_owned()),
        },
    }
}
