"""What takes time on a host that never ran PostgreSQL, and need not be waited for.

`initdb` needs nobody else, so it runs while etcd elects: into a directory beside the data directory, with the options
that Patroni's configuration names. When Patroni decides to make a cluster and asks for the same, it is there already.
And a first look at a new PostgreSQL that comes a moment too early costs no second.
"""
import os
import shutil
import subprocess
import tempfile
import time

LOOK_EVERY_S = 0.05
FOR_S = 30


def early_directory(config):
    return config['postgresql']['data_dir'] + '.early'


def is_new(config):
    """Whether this host starts for the first time. What a first start that was cut off had begun is removed."""
    shutil.rmtree(early_directory(config), ignore_errors=True)
    return not os.path.exists(os.path.dirname(config['postgresql']['data_dir']))


def options_of(config):
    for option in config['bootstrap']['initdb']:
        yield from [f'--{option}'] if isinstance(option, str) else (f'--{key}={value}' for key, value in option.items())


class EarlyInitdb:
    """One run of initdb that was begun before anybody asked for it."""

    def __init__(self, config):
        superuser = config['postgresql']['authentication']['superuser']
        self._directory = early_directory(config)
        self._options = [*options_of(config), f"--username={superuser['username']}"]
        self._password = tempfile.NamedTemporaryFile('w')
        self._password.write(superuser['password'])
        self._password.flush()
        initdb = os.path.join(config['postgresql']['bin_dir'], 'initdb')
        self._run = subprocess.Popen([initdb, *self._options, f'--pwfile={self._password.name}', self._directory])

    def became(self, data_dir, asked):
        """Whether it made what is asked for; it is `data_dir` then. Otherwise nothing is left of it."""
        made = self._run.wait() == 0 and [it for it in asked if not it.startswith('--pwfile=')] == self._options
        self._password.close()
        if made:
            os.rename(self._directory, data_dir)
        else:
            shutil.rmtree(self._directory, ignore_errors=True)
        return made


def initdb_from(early, postgresql):
    """Patroni's initdb, which takes what is there already, once."""
    patronis = postgresql.Postgresql.initdb
    waiting = [early]

    def initdb(self, *options, **how):
        if waiting and waiting.pop().became(self.data_dir, options):
            return True
        return patronis(self, *options, **how)

    postgresql.Postgresql.initdb = initdb


class ImpatientTime:
    """The module `time`, whose pauses are short until a first start is over."""

    def __init__(self):
        self._until = time.monotonic() + FOR_S

    def __getattr__(self, name):
        return getattr(time, name)

    def sleep(self, seconds):
        time.sleep(min(seconds, LOOK_EVERY_S) if time.monotonic() < self._until else seconds)


def look_often(postgresql, utils):
    """Patroni looks every second whether PostgreSQL listens (utils) and whether it has started (postgresql)."""
    postgresql.time = utils.time = ImpatientTime()
