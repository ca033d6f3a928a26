const DECORATION = /urn:|uuid:|[{}-]/gi;
const DIGITS = /^[0-9a-f]{32}$/i;

/** 32 hex digits, however they are decorated: without dashes, in braces, behind `urn:uuid:` (spec: attachments-api §6.1). */
export const isUuidLike = (text: string): boolean => DIGITS.test(text.replace(DECORATION, ''));

/** The same as a pattern that any reader of JSON Schema can apply. */
export const UUID_LIKE = '^(?:(?:[uU][rR][nN]:|[uU][uU][iI][dD]:|[{}-])*[0-9a-fA-F]){32}(?:[uU][rR][nN]:|[uU][uU][iI][dD]:|[{}-])*$';
