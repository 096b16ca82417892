// @ts-check

/** A failure whose message is all the user needs: it is printed without a stack. */
export class Failure extends Error {}
