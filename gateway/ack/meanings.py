"""What the codes in a partner's acknowledgment mean, in our words.

One line a code under the heading of its place; the X12 tables hold the 997 and the 999 (codes of
an implementation guide begin with I).
"""

from __future__ import annotations

_TABLE = """
AK304
  1 unrecognised segment id
  2 unexpected segment
  3 mandatory segment missing
  4 loop over maximum
  5 segment over maximum use
  6 segment not in defined transaction set
  7 segment not in proper sequence
  8 segment has data element errors
  I4 implementation not-used segment present
  I6 implementation dependent segment missing
  I7 implementation loop under minimum
  I8 implementation segment below minimum use
  I9 implementation dependent not-used segment present
AK403
  1 mandatory element missing
  2 conditional required element missing
  3 too many elements
  4 element too short
  5 element too long
  6 invalid character
  7 invalid code value
  8 invalid date
  9 invalid time
  10 exclusion condition violated
  12 too many repetitions
  13 too many components
  I6 code value not used in implementation
  I9 implementation dependent element missing
  I10 implementation not-used element present
  I11 implementation too few repetitions
  I12 implementation pattern match failure
  I13 implementation dependent not-used element present
AK502
  1 set not supported
  2 set trailer missing
  3 control number header/trailer mismatch
  4 segment count mismatch
  5 one or more segments in error
  6 missing/invalid set identifier
  7 missing/invalid set control number
  8 authentication key name unknown
  9 encryption key name unknown
  10 requested security service not available
  11 unknown security recipient
  12 incorrect message length (encryption)
  13 MAC failed
  15 unknown security originator
  16 syntax error in decrypted text
  17 security not supported
  19 invalid implementation convention reference
  23 set control number not unique in group
  24 S3E missing for S3S
  25 S3S missing for S3E
  26 S4E missing for S4S
  27 S4S missing for S4E
  18 set not in functional group
  I6 implementation convention not supported
AK905
  1 group not supported
  2 group version not supported
  3 group trailer missing
  4 control number header/trailer mismatch
  5 set count mismatch
  6 group control number violates syntax
  10 authentication key name unknown
  11 encryption key name unknown
  12 requested security service not available
  13 unknown security recipient
  14 unknown security originator
  15 syntax error in decrypted text
  16 security not supported
  17 incorrect message length (encryption)
  18 MAC failed
  19 group control number not unique in interchange
  23 S3E missing for S3S
  24 S3S missing for S3E
  25 S4E missing for S4S
  26 S4S missing for S4E
TA105
  000 no error
  001 ISA13/IEA02 control numbers differ (header value used in TA1-01)
  002 control standard identifier not supported
  003 control version not supported
  004 invalid segment terminator
  005 invalid sender qualifier
  006 invalid sender id
  007 invalid receiver qualifier
  008 invalid receiver id
  009 unknown receiver id
  010 invalid authorization qualifier
  011 invalid authorization information
  012 invalid security qualifier
  013 invalid security information
  014 invalid interchange date
  015 invalid interchange time
  016 invalid standards identifier
  017 invalid version id
  018 invalid control number
  019 invalid acknowledgment-requested value
  020 invalid test indicator
  021 invalid group count
  022 invalid control structure
  023 premature end of file
  024 invalid interchange content (e.g. bad GS)
  025 duplicate control number
  026 invalid data element separator
  027 invalid component separator
  028 invalid deferred delivery date
  029 invalid deferred delivery time
  030 invalid deferred delivery time code
  031 invalid grade of service
0085
  2 syntax version or level not supported
  7 recipient not actual recipient
  12 invalid value
  13 missing
  14 value not supported in this position
  15 not supported in this position
  16 too many constituents
  17 no agreement
  18 unspecified error
  20 character invalid as service character
  21 invalid character(s)
  22 invalid service character(s)
  23 unknown sender
  24 too old
  25 test indicator not supported
  26 duplicate detected
  28 references do not match
  29 control count mismatch
  30 groups and messages mixed
  32 lower level empty
  33 invalid occurrence outside message/package/group
  35 too many element or segment repetitions
  36 too many segment group repetitions
  37 invalid type of character(s)
  39 element too long
  40 element too short
  19 invalid decimal notation
  27 security function not supported
  31 more than one message type in group
  34 nesting indicator not allowed
  38 missing digit before decimal sign
  41 permanent network error
  42 temporary network error
  43 unknown interchange recipient
  45 trailing separator
  46 character set not supported
  47 envelope functionality not supported
  48 dependency note violated
  1 UNA not supported
  3 message version/release not supported
  4 service segment missing/invalid
  5 trailer check in error
  6 data segment missing/invalid
  8 too many elements in segment
  9 mandatory element missing
  10 element attribute error
  11 password invalid
"""


def _read_table(text: str) -> dict[tuple[str, str], str]:
    meanings: dict[tuple[str, str], str] = {}
    place = ""
    for line in text.strip().splitlines():
        if line.startswith(" "):
            code, _, words = line.strip().partition(" ")
            meanings[place, code] = words
        else:
            place = line
    return meanings


MEANINGS = _read_table(_TABLE)


def meaning(place: str, code: str) -> str:
    """The meaning of a code found at AK304, AK403, AK502, AK905, TA105 or 0085."""
    return MEANINGS.get((place, code), f"code {code}, which has no published meaning")
