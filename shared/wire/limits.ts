// Limits of the format. The law, with the reasons, is README.md in this folder.

/** 'HKA1' as the little-endian number that its four bytes are. */
export const MAGIC = 0x31414b48;
export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 32;
export const ROW_COUNT_MAX = 65_536;
export const BODY_BYTES_MAX = 1024 * 1024;
export const PACKET_BYTES_MAX = HEADER_BYTES + BODY_BYTES_MAX;
/** Longest text of one string, in UTF-8 bytes. Longer ones are cut at a character's edge and end in "…". */
export const STRING_BYTES_MAX = 8192;
/** A packet without a body that tells a viewer how far its lane has come: everything below its sequence was sent. */
export const MARK_KIND = 0xffff;
/** Longest line of a handshake. */
export const HELLO_BYTES_MAX = 4096;
