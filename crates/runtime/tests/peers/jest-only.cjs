// Jest: `only` holds for the whole file, and inside a suite for the suite.
const { describe, it, expect } = require('@jest/globals');
it('before', () => { throw new Error('not run'); });
it.only('chosen', () => { expect(1).toBe(1); });
describe('suite', () => { it('inside', () => {}); it.only('inside chosen', () => {}); });
describe.only('chosen suite', () => { it('all of it', () => {}); it('this too', () => { throw new Error('fails'); }); });
describe.only('suite with a chosen one', () => { it('left out', () => {}); it.only('kept', () => {}); });
