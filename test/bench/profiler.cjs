// Read by node before an app: SIGUSR2 begins a CPU profile, and the next one writes it into the folder that PROFILE_FOLDER names.
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 500 });

let running = false;
let written = 0;
process.on('SIGUSR2', () => {
  running = !running;
  if (running) return session.post('Profiler.start');
  session.post('Profiler.stop', (error, { profile }) => {
    if (error) throw error;
    writeFileSync(join(process.env.PROFILE_FOLDER, `${process.pid}-${++written}.cpuprofile`), JSON.stringify(profile));
  });
});
