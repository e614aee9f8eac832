"""Images: reading them exactly, sets of them, and where a run's log keeps them."""

from evalsuite.media.decode import RefusedImageError, decode_image
from evalsuite.media.image_set import ImageSet, read_image_set
from evalsuite.media.listing import Listing, list_images
from evalsuite.media.npz import ArrayImage
from evalsuite.media.pixels import as_pixels, is_image, pixels_of
from evalsuite.media.record import image_from_record, image_record
from evalsuite.media.shard import ShardWriter, check_shards, shard_end
from evalsuite.media.stored import StoredImage

__all__ = [
    "ArrayImage",
    "ImageSet",
    "Listing",
    "RefusedImageError",
    "ShardWriter",
    "StoredImage",
    "as_pixels",
    "check_shards",
    "decode_image",
    "image_from_record",
    "image_record",
    "is_image",
    "list_images",
    "pixels_of",
    "read_image_set",
    "shard_end",
]
