import { migration } from '@chandlery/database/command';
import { migrations } from './migrations.ts';

await migration('user', migrations, new URL('../seeds/', import.meta.url));
