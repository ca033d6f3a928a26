// A command takes one or two seconds of CPU, and a test is made of several; a limit of a project's own is not among jest's settings.
jest.setTimeout(180_000);
