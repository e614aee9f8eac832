"""Images and videos: reading them exactly, sets of images, and where a run's log keeps them."""

from evalsuite.media.audit import Audit, AuditWarning, SetAudit, audit_sets
from evalsuite.media.conversion import CONVERSION_RULE, described_conversions
from evalsuite.media.decode import decode_file, decode_image
from evalsuite.media.image_set import ImageSet, read_image_set
from evalsuite.media.listing import EXPECTED, Listing, image_files_at, list_images
from evalsuite.media.memory import kept_images, named_images, read_images
from evalsuite.media.npz import ArrayImage, find_videos
from evalsuite.media.parquet import ParquetImage
from evalsuite.media.pixels import as_pixels, is_image, pixels_of
from evalsuite.media.record import image_from_record, image_record, media_from_record, media_record
from evalsuite.media.refused import RefusedImageError
from evalsuite.media.shard import ShardWriter, check_shards, shard_end
from evalsuite.media.stored import StoredImage
from evalsuite.media.video import StoredVideo, as_frames, film_strip, frames_of

__all__ = [
    "CONVERSION_RULE",
    "EXPECTED",
    "ArrayImage",
    "Audit",
    "AuditWarning",
    "ImageSet",
    "Listing",
    "ParquetImage",
    "RefusedImageError",
    "SetAudit",
    "ShardWriter",
    "StoredImage",
    "StoredVideo",
    "as_frames",
    "as_pixels",
    "audit_sets",
    "check_shards",
    "decode_file",
    "decode_image",
    "described_conversions",
    "film_strip",
    "find_videos",
    "frames_of",
    "image_files_at",
    "image_from_record",
    "image_record",
    "is_image",
    "kept_images",
    "list_images",
    "media_from_record",
    "media_record",
    "named_images",
    "pixels_of",
    "read_image_set",
    "read_images",
    "shard_end",
]
