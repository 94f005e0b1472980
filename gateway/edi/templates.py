"""What is said of each finding code: what is wrong, where, the value, what to send instead.

`{word}` is a word of the finding; a part in square brackets is left out when a word in it is
unknown, and `[this|that]` says that instead.
"""

from __future__ import annotations

from gateway.edi.finding import Code

TEMPLATES: dict[Code, str] = {
    # the file
    Code.EMPTY_FILE: "The file is empty. Send a file that holds [{content}|an interchange].",
    Code.NOT_EDI: (
        "[At byte {offset} there|There] is text that belongs to no interchange[: {value}]."
        " An interchange starts with ISA (X12) or with UNA or UNB (EDIFACT)."
    ),
    Code.FILE_TOO_LARGE: (
        "[At byte {offset} the|The] file goes beyond a size limit[: {value}]."
        "[ Allowed: {expected}.][ At most {limit} bytes are taken.] Send it in smaller parts."
    ),
    Code.FILE_UNREADABLE: (
        "The file cannot be taken[: {value}][ ({reason})]. Put a regular, readable file there."
    ),
    # the envelope
    Code.HEADER_INVALID: "{place} is not a valid header[: {value}].[ Expected: {expected}.]",
    Code.TRAILER_MISSING: (
        "The {level} ends without its trailer[ {expected}]."
        " Send it again complete, with the trailer segment."
    ),
    Code.SEGMENT_OUTSIDE: (
        "[{tag}|A segment] stands outside its envelope. Put it between the header and the trailer"
        " of {a_set}, or leave it out."
    ),
    Code.CONTROL_NUMBER_MISMATCH: (
        "{place} does not repeat the control number of the header[: it is {value}]."
        "[ Send {expected}, as in {header}.| Send the same number in both.]"
        "[ The file ends {ends}, so it seems to be cut: send it complete.]"
    ),
    Code.CONTROL_NUMBER_INVALID: (
        "{place} is not a valid control number[: {value}].[ Expected: {expected}.]"
    ),
    Code.CONTROL_NUMBER_REPEATED: (
        "{place} repeats a control number already used for {another_level}[: {value}]."
        " Number each one anew."
    ),
    Code.COUNT_MISMATCH: (
        "{place} gives a wrong count[: {value}].[ We counted {expected}; send that number.]"
        "[ The file ends {ends}, so it seems to be cut: send it complete.]"
    ),
    Code.LEVEL_EMPTY: "The {level} has nothing in it. Send it with content, or not at all.",
    Code.CHARSET_UNSUPPORTED: (
        "{place} names a character set that is not supported[: {value}].[ Send {expected}.]"
    ),
    Code.INVALID_CHARACTER: (
        "{place} holds a character that is not allowed[: {value}]."
        "[ Allowed is {expected}.| Send only characters of the agreed set.]"
    ),
    Code.RELEASE_UNSUPPORTED: (
        "[{header} names a release|The release is one] that is not supported[: {value}]."
        "[ Send {expected}.]"
    ),
    Code.SET_UNSUPPORTED: (
        "This {set} is not supported[: {value}]. Agree on it before sending it."
        "[ Agreed so far: {expected}.]"
    ),
    Code.SET_NOT_IN_GROUP: (
        "This {set} does not belong in its group[: {value}].[ The group takes {expected}.]"
    ),
    # segments and loops
    Code.SEGMENT_UNKNOWN: (
        "{place} is no segment of this release. Correct the segment's tag or leave it out."
    ),
    Code.SEGMENT_NOT_IN_SET: "{place} does not belong in this {set}. Leave it out.",
    Code.SEGMENT_UNEXPECTED: (
        "{place} stands where it may not. Move it to the loop that takes it, or leave it out."
    ),
    Code.SEGMENT_OUT_OF_ORDER: (
        "{place} comes too late: its place was before segments already sent. Send it earlier."
    ),
    Code.SEGMENT_MISSING: (
        "[{expected}|A mandatory segment][ with {qualifier}] is missing[ in loop {loop}]"
        "[: it belongs before segment {ordinal}]. Send it."
    ),
    Code.SEGMENT_OVER_MAXIMUM: (
        "{place} occurs too often.[ At most {expected} may stand here.| Send fewer.]"
    ),
    Code.LOOP_OVER_MAXIMUM: (
        "[Loop {loop}|The loop of {place}] occurs too often[ at segment {ordinal}]."
        "[ At most {expected} may stand here.| Send fewer.]"
    ),
    Code.SEGMENT_EMPTY: "{place} has no data. Fill it, or leave the segment out.",
    Code.SEGMENT_NOT_USED: "{place} is not used with this partner. Leave it out.",
    # elements and components
    Code.ELEMENT_MISSING: "{place} is missing. It is mandatory: send a value.",
    Code.CONDITION_MISSING: "{place} is missing.[ Rule: {condition}.]",
    Code.CONDITION_EXCLUDED: (
        "{place} may not be sent beside the others[: {value}].[ Rule: {condition}.]"
    ),
    Code.TOO_MANY_ELEMENTS: (
        "{place} is beyond the segment's last element[: {value}]."
        "[ The segment has {expected}.] Leave it out."
    ),
    Code.TOO_MANY_COMPONENTS: (
        "{place} has too many components[: {value}].[ The element has {expected}.] Leave them out."
    ),
    Code.TOO_MANY_REPETITIONS: (
        "{place} is repeated too often[: {value}].[ At most {expected} may stand here.]"
    ),
    Code.ELEMENT_TOO_SHORT: (
        "{place} is too short[: {value}].[ Send at least {expected} characters.]"
    ),
    Code.ELEMENT_TOO_LONG: "{place} is too long[: {value}].[ Send at most {expected} characters.]",
    Code.ELEMENT_INVALID: "{place} has an invalid value[: {value}].[ Send {format}.]",
    Code.VALUE_INVALID: "{place} has a value that cannot be right[: {value}].[ Send {expected}.]",
    Code.CODE_INVALID: (
        "{place} has a code that is not allowed here[: {value}].[ Send one of {expected}.]"
    ),
    Code.DATE_INVALID: "{place} is not a valid date[: {value}].[ Send {format}.]",
    Code.TIME_INVALID: "{place} is not a valid time[: {value}].[ Send {format}.]",
    Code.ELEMENT_NOT_USED: "{place} is not used with this partner[: {value}]. Leave it out.",
    Code.TRAILING_SEPARATOR: (
        "{place} ends in a separator with nothing after it. It does no harm; leave it out."
    ),
    # levels, totals and the map
    Code.HIERARCHY_BROKEN: (
        "{place} gives the level no place in the hierarchy[: {value}].[ Send {expected}.]"
    ),
    Code.LEVEL_UNKNOWN: (
        "{place} names a level that the document has no place for[: {value}]. What stands in it is"
        " left out of the document, which goes on only if a person releases it.[ Send {expected}.]"
    ),
    Code.PACKAGE_REPEATED: (
        "{place} tells of a package again, with a line that it holds already[: {value}]. Both"
        " quantities count. Send each line of a package once, and each package under its own SSCC."
    ),
    Code.CONTENTS_SHARED: (
        "{place} names one more package for the same lines[: {value}]. Their quantities are of all"
        " these packages together; how much is in which is not said. Send a level for each package,"
        " with what it holds."
    ),
    Code.QUANTITY_EXCEEDED: (
        "{place} tells of a line whose lots or packages hold more than its quantity. Send a"
        " quantity that they add up to."
    ),
    Code.SERIAL_REPEATED: (
        "{place} gives a serial number again that another piece of the same item has[: {value}]."
        " Send each serial number once."
    ),
    Code.TOTAL_MISMATCH: (
        "{place} does not agree with the data it sums up[: {value}].[ We reckon {expected}.]"
    ),
    Code.TWO_HOMES_DIFFER: (
        "{place} says {value}, but {path} is {expected} by another place of the message."
        " The first is kept."
    ),
    Code.UNCLAIMED: (
        "{place} is not carried into the document[: {value}]."
        " It is kept with the received file; add a rule to the map if it is needed."
    ),
    Code.NOT_CARRIED: (
        "[In the document, {path}|Part of the document] has no place in the message[: {value}]."
        "[ It would read back as {received}.]"
        "[ Send {expected}.| Leave it out, or add a rule to the partner's map.]"
    ),
    Code.VALUE_UNWRITABLE: (
        "{place} cannot be written[: {value}].[ Expected: {expected}.| Correct the value.]"
    ),
    Code.MAP_MISSING: "There is no map for this {set}[: {value}]. Add [{expected}|one].",
    # documents dropped for sending
    Code.JSON_INVALID: (
        "[At byte {offset} the|The] file is not valid JSON[: {value}][ ({reason})]."
        "[ Send {expected}.]"
    ),
    Code.DOCUMENT_INVALID: (
        "[In the document, {path}|The document] does not fit the canonical schema[: {value}]."
        "[ The schema says: {expected}.]"
    ),
    Code.DOCUMENT_CONFLICT: (
        "A document with the same number but other content came before[: {value}]."
        " It is not sent. Drop a change with its own purpose, or give this one its own id."
    ),
    Code.DOCUMENT_REPEATED: (
        "The same document came before[: {value}]. It is not sent again; nothing needs doing."
    ),
    # who, and whether we have seen it before
    Code.SENDER_UNKNOWN: (
        "[{reference} names a sender we do not know|The sender is not known][: {value}]."
        "[ Expected: {expected}.] Use the agreed identifier, or have it added to the partner."
    ),
    Code.SENDER_ELSEWHERE: (
        "The sender[ {value}] belongs to another partner's folder[: {expected}]."
        " Put the file in the folder of its sender."
    ),
    Code.RECEIVER_UNKNOWN: (
        "[{reference}|The interchange] names a receiver that is not us[: {value}]."
        "[ Send {expected}.]"
    ),
    Code.PARTNER_UNKNOWN: (
        "There is no such partner[: {value}].[ Known: {expected}.] Add it with `partner add`."
    ),
    Code.EARLIER_HELD: (
        "An earlier document of the same number is held or could not be sent yet[: {value}]."
        " This one waits, and goes on by itself when that one has gone or is rejected."
    ),
    Code.INTERCHANGE_REPEATED: (
        "This interchange came before[ under the number {value}]. It is acknowledged as it was"
        " the first time and not delivered again."
    ),
    Code.INTERCHANGE_CONFLICT: (
        "The interchange number[ {value}] was used before for other content."
        " It is held; send it again under a new number, or have it released as new."
    ),
    Code.ACKNOWLEDGMENT_UNMATCHED: (
        "The acknowledgment names something we did not send[: {value}]. Nothing is settled by it."
    ),
    Code.ACKNOWLEDGMENT_OVERDUE: (
        "No acknowledgment came in time[; it was due {expected}]."
        " Ask the partner whether the document arrived."
    ),
    Code.SETTLED_BY_PERSON: (
        "This was settled[ by {who}] without the partner's acknowledgment[: {value}]."
        " One that comes later still counts."
    ),
    Code.DELIVERY_FAILED: (
        "The message was not delivered[: {value}]."
        "[ {who} gave it up: to send it after all, `gateway resend ID`."
        "| Ask the partner: what they have, `gateway settle ID` accepts; what they lack,"
        " `gateway held release ID` sends again.]"
    ),
    Code.PARTNER_REJECTED: (
        "The partner rejected {rejected}[: {value}].[ Reason: {meaning}.]"
        " Correct the document and send it again."
    ),
    Code.INTERNAL: (
        "The gateway failed on this[: {reason}]. The data is kept; tell the gateway's admin, who"
        " mends the cause or reports it, and releases it."
    ),
}
