import { styleText } from 'util';
import * as all from 'util';
export default [typeof styleText, typeof all.parseEnv, Object.values(all).filter((x) => x === undefined).length];
