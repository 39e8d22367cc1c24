"""A WordPress of the test's own, out of Debian's packages: MariaDB, PHP's server, the Akismet plugin;
and its visitors."""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from .checks import CannotRun
from .service import free_port
from .texts import USER_AGENT

HERE = Path(__file__).resolve().parents[1]
PLUGIN = HERE.parents[1] / "integrations/wordpress/ontopic.php"
WORDPRESS = Path("/usr/share/wordpress")

# Generous, as a machine that builds something beside has little to spare.
START_SECONDS = 180
PASSWORD = "a password for tests"

CONFIG = """<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wordpress' );
define( 'DB_PASSWORD', 'wordpress' );
define( 'DB_HOST', 'localhost:{socket}' );
define( 'DB_CHARSET', 'utf8mb4' );
{keys}
define( 'WP_HOME', '{url}' );
define( 'WP_SITEURL', '{url}' );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_LOG', true );
define( 'WP_DEBUG_DISPLAY', false );
{more}
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {{
	define( 'ABSPATH', __DIR__ . '/' );
}}
require_once ABSPATH . 'wp-settings.php';
"""

KEYS = ["AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY"]
KEYS += [key.replace("_KEY", "_SALT") for key in KEYS]


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "wordpress"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.keys = "\n".join(f"define( '{key}', '{os.urandom(24).hex()}' );" for key in KEYS)
        self.processes = []
        programs = {"php": "php-cli", "mariadbd": "mariadb-server", "mariadb-install-db": "mariadb-server"}
        for program, package in programs.items():
            if not self._program(program):
                raise CannotRun(f"expected the program `{program}` of Debian's package `{package}`")
        if not (WORDPRESS / "wp-content/plugins/akismet/akismet.php").exists():
            raise CannotRun("expected Debian's package `wordpress`")
        folder.mkdir(parents=True)

    @staticmethod
    def _program(name):
        return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")

    def start(self):
        """Sets everything up, without Ontopic."""
        self._start_database()
        shutil.copytree(WORDPRESS, self.root, symlinks=False, ignore_dangling_symlinks=True)
        self.configure("")
        shutil.copy(HERE / "wordpress/install.php", self.root)
        (self.root / "wp-content/mu-plugins").mkdir(exist_ok=True)
        shutil.copy(HERE / "wordpress/surroundings.php", self.root / "wp-content/mu-plugins")
        self._php(self.root / "install.php", f"127.0.0.1:{self.port}", PASSWORD)
        self._spawn(
            # Without the cache of compiled files, which sees changes only after seconds.
            [self._program("php"), "-d", "memory_limit=512M", "-d", "opcache.enable=0", "-S", f"127.0.0.1:{self.port}", "-t", self.root],
            "php",
            # One of them would wait for itself when the server calls back.
            {"PHP_CLI_SERVER_WORKERS": "4"},
        )
        self._wait("WordPress", lambda: Visitor(self).get("/").status == 200)

    def connect(self, service, key=None, more=""):
        """What the documentation asks of an owner: two lines and a file."""
        self.configure(f"define( 'ONTOPIC_URL', '{service.url}' );\ndefine( 'ONTOPIC_KEY', '{key or service.key}' );\n{more}")
        shutil.copy(PLUGIN, self.root / "wp-content/mu-plugins")

    def configure(self, more):
        config = self.root / "wp-config.php"
        config.unlink(missing_ok=True)
        config.write_text(CONFIG.format(socket=self.socket, url=self.url, keys=self.keys, more=more))

    def make_network(self, service):
        """Makes a network of the blog and gives the id of its second one."""
        host = f"127.0.0.1:{self.port}"
        self.eval(
            "require_once ABSPATH . 'wp-admin/includes/upgrade.php'; require_once ABSPATH . 'wp-admin/includes/network.php';"
            " foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) { $wpdb->$table = $name; }"
            " install_network(); populate_network( 1, $args[0], 'owner@slowmiles.example', 'Network', '/', false ); return true;",
            host,
        )
        network = {
            "MULTISITE": "true", "SUBDOMAIN_INSTALL": "false", "DOMAIN_CURRENT_SITE": f"'{host}'",
            "PATH_CURRENT_SITE": "'/'", "SITE_ID_CURRENT_SITE": "1", "BLOG_ID_CURRENT_SITE": "1",
        }  # fmt: skip
        self.connect(service, more="\n".join(f"define( '{name}', {value} );" for name, value in network.items()))
        return self.eval(
            "return wp_insert_site( array( 'domain' => $args[0], 'path' => '/cats/', 'title' => 'Cats', 'user_id' => 1 ) );", host
        )

    def _start_database(self):
        data = self.folder / "db"
        self.socket = self.folder / "db.sock"
        user = [f"--user={Path('/proc/self').owner()}"]
        install = [self._program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db", *user]
        self._spawn(install, "install-db")
        try:
            status = self.processes[-1].wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            status = "still running"
        if status != 0:
            raise CannotRun(f"mariadb-install-db: {status}; {(self.folder / 'install-db.log').read_text()[-2000:]}")
        self.processes.pop()
        self._spawn(
            [
                self._program("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={self.socket}", *user,
                "--skip-networking", f"--pid-file={self.folder / 'db.pid'}", "--innodb-buffer-pool-size=64M",
                "--innodb-flush-log-at-trx-commit=2",
            ],
            "mariadbd",
        )  # fmt: skip
        self._wait("MariaDB", lambda: self._sql("SELECT 1"))
        self._sql("CREATE DATABASE wordpress CHARACTER SET utf8mb4")
        self._sql("GRANT ALL ON wordpress.* TO wordpress@localhost IDENTIFIED BY 'wordpress'")

    def _sql(self, statement):
        line = ["mariadb", "--no-defaults", f"--socket={self.socket}", f"--user={Path('/proc/self').owner()}"]
        done = subprocess.run([*line, "-e", statement], stdin=subprocess.DEVNULL, capture_output=True)
        return done.returncode == 0

    def _spawn(self, line, name, environment=None):
        log = open(self.folder / f"{name}.log", "ab")
        self.processes.append(
            subprocess.Popen(
                line, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | (environment or {}), start_new_session=True,
            )
        )  # fmt: skip

    def _wait(self, what, is_there):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if is_there():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise CannotRun(f"{what} is not there after {START_SECONDS} seconds")

    def stop(self):
        """Ends what was started, children included: each has a process group of its own."""
        for process in reversed(self.processes):
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def _php(self, *line):
        done = subprocess.run(
            [self._program("php"), *line], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_SECONDS
        )
        if done.returncode:
            raise CannotRun(f"PHP failed: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def eval(self, code, *args):
        """Runs a few lines inside of WordPress, with `$args`, and gives what they return."""
        script = self.folder / "eval.php"
        script.write_text(
            "<?php\n"
            f"$_SERVER['HTTP_HOST'] = '127.0.0.1:{self.port}';\n"
            f"require '{self.root}/wp-load.php';\n"
            "$args = json_decode( $argv[1], true );\n"
            f"$value = ( function () use ( $args ) {{ global $wpdb; {code} }} )();\n"
            "echo \"\\n\", json_encode( $value );\n"
        )
        return json.loads(self._php(script, json.dumps(args)).rsplit("\n", 1)[1])

    def add_post(self, post, **more):
        """Publishes a post as its author does, and gives its id."""
        fields = {"post_title": post["title"], "post_content": post["body"], "post_status": "publish", "post_author": 1}
        return self.eval(
            "return wp_insert_post( wp_slash( $args[0] ) );",
            fields | {"tags_input": post["tags"]} | more,
        )

    def add_posts(self, count):
        """Publishes short posts, one after the other."""
        self.eval(
            "for ( $i = 0; $i < $args[0]; $i++ ) {"
            " wp_insert_post( array( 'post_title' => \"Lap $i\", 'post_content' => 'Once around the lake.',"
            " 'post_status' => 'publish', 'post_author' => 1 ) ); } return true;",
            count,
        )

    def edit_post(self, post_id, content):
        """Edits a post, a second at least after it was written, as times have no fractions."""
        time.sleep(1.1)
        self.eval("return wp_update_post( wp_slash( array( 'ID' => $args[0], 'post_content' => $args[1] ) ) );", post_id, content)

    def status(self, comment_id):
        """`1` published, `0` held, `spam` or `trash`."""
        return self.eval("return get_comment( $args[0] )->comment_approved;", comment_id)

    def meta(self, comment_id, name):
        return self.eval("return get_comment_meta( $args[0], $args[1], true );", comment_id, name)

    def last_comment(self):
        """The id of the newest comment."""
        return self.eval('return (int) $wpdb->get_var( "SELECT MAX(comment_ID) FROM {$wpdb->comments}" );')

    def mails_asking_about(self, comment_id):
        """How many e-mails have asked a moderator to decide on a comment."""
        log = self.root / "wp-content/mail.log"
        return len(re.findall(rf"action=approve&c={comment_id}\b", log.read_text())) if log.exists() else 0

    def run_cron(self):
        """What the machine's cron, or the next visitor, would set off."""
        return Visitor(self).get("/wp-cron.php?doing_wp_cron").status


class Answer:
    def __init__(self, status, url, text):
        self.status, self.url, self.text = status, url, text


class Straight(urllib.request.HTTPRedirectHandler):
    """Leaves redirects as they are."""

    def redirect_request(self, *_):
        return None


class Visitor:
    """Somebody with a browser, up to the point where a script would run."""

    def __init__(self, site):
        self.site = site
        handlers = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(*handlers)
        self.straight = urllib.request.build_opener(*handlers, Straight)

    def get(self, path):
        return self._open(path, None)

    def post(self, path, **fields):
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def post_json(self, path, value):
        return self._open(path, json.dumps(value).encode(), **{"Content-Type": "application/json"})

    def post_xml(self, path, text):
        return self._open(path, text.encode(), **{"Content-Type": "text/xml"})

    def _open(self, path, data, follow=True, **headers):
        request = urllib.request.Request(urllib.parse.urljoin(self.site.url, path), data=data)
        request.add_header("User-Agent", USER_AGENT)
        request.add_header("Accept-Language", "en-GB,en;q=0.8")
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            with (self.opener if follow else self.straight).open(request, timeout=60) as answer:
                return Answer(answer.status, answer.url, answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.url, error.read().decode("utf-8", "replace"))

    def comment(self, post_id, comment):
        """Fills in the form under a post; gives the new comment's id and how many seconds the form took,
        without the page that it leads to."""
        page = self.get(f"/?p={post_id}").text
        nonce = re.search(r'name="akismet_comment_nonce" value="([^"]*)"', page)
        fields = {
            "author": comment["author"],
            "email": comment["author_email"],
            "url": comment["author_url"],
            "comment": comment["body"].replace("\n", "\r\n"),
            "comment_post_ID": post_id,
            "comment_parent": 0,
            "akismet_comment_nonce": nonce[1] if nonce else "",
            # The page was made half a minute ago, by the browser's clock.
            "ak_js": int((time.time() - 30) * 1000),
            "ak_hp_textarea": "",
            "submit": "Post Comment",
        }
        data = urllib.parse.urlencode(fields).encode()
        begin = time.monotonic()
        answer = self._open("/wp-comments-post.php", data, follow=False, Referer=f"{self.site.url}/?p={post_id}")
        seconds = time.monotonic() - begin
        if answer.status != 302:
            raise CannotRun(f"the comment form answered {answer.status}: {answer.text[-500:]}")
        return self.site.last_comment(), seconds


class Moderator(Visitor):
    """The owner, logged in."""

    def __init__(self, site):
        super().__init__(site)
        self.get("/wp-login.php")
        answer = self.post("/wp-login.php", log="owner", pwd=PASSWORD, testcookie=1, redirect_to="/wp-admin/")
        if "/wp-admin/" not in answer.url:
            raise CannotRun(f"the owner cannot log in, and is at {answer.url}")

    def comments_page(self, status="all"):
        return self.get(f"/wp-admin/edit-comments.php?comment_status={status}").text

    def click(self, action, comment_id):
        """Clicks `spam`, `unspam` (`Not Spam`), `approve` or `unapprove` on the comments page; gives how
        long that took."""
        page = self.comments_page("spam" if action == "unspam" else "all")
        link = re.search(rf"[?&;]c={comment_id}[&;#\d]*?action={action}comment[&;#\d]*?_wpnonce=(\w+)", page)
        if not link:
            raise CannotRun(f"no link for `{action}` of comment {comment_id} on the comments page")
        nonce = link[1]
        begin = time.monotonic()
        call = {"action": "delete-comment", action: 1} if "spam" in action else {"action": "dim-comment"}
        fields = call | {"id": comment_id, "_ajax_nonce": nonce, "_page": 1, "_per_page": 20}
        answer = self.post("/wp-admin/admin-ajax.php", **fields, _total=5, _url=f"{self.site.url}/wp-admin/edit-comments.php")
        if answer.status != 200:
            raise CannotRun(f"the click answered {answer.status}: {answer.text[-500:]}")
        return time.monotonic() - begin

    def check_for_spam(self):
        """Clicks `Check for Spam`, which asks again about all that is pending; gives how much of it is what."""
        nonce = re.search(r'data-nonce="(\w+)"', self.comments_page())[1]
        answer = self.post("/wp-admin/admin-ajax.php", action="akismet_recheck_queue", nonce=nonce, offset=0, limit=100)
        return json.loads(answer.text)["counts"]
