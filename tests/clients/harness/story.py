"""A blogger's story: WordPress with the Akismet plugin and our must-use plugin, from the day it is
connected to the day the server is down."""

import html
import json
import re
import signal
import urllib.parse
from pathlib import Path

from . import texts
from .checks import eventually
from .service import Service
from .site import Moderator, Site, Visitor

GUIDE = Path(__file__).resolve().parents[3] / "docs/connect/wordpress.md"

# What a page may take when the server does not answer.
PATIENCE_SECONDS = 2.0

# Posts from before, more than our plugin puts into one request.
MANY = 130


def run(binary, folder, checks, pages):
    service = None
    site = Site(folder / "site")
    try:
        checks.step("WordPress with the Akismet plugin and MariaDB")
        site.start()
        versions = site.eval("return array( $GLOBALS['wp_version'], AKISMET_VERSION );")
        checks.true(f"WordPress {versions[0]} with Akismet {versions[1]} is there", len(versions) == 2)
        service = Service(binary, folder / "service")
        service.register_callback(site.url)
        Story(site, service, checks, pages).tell()
    finally:
        if service:
            service.stop()
        site.stop()


class Story:
    def __init__(self, site, service, checks, pages):
        self.site, self.service, self.checks, self.pages = site, service, checks, pages

    def tell(self):
        # There before Ontopic was, and more than fit into one request.
        self.old_post = self.site.add_post(texts.POST | {"title": "Shoelaces, and how I lost three of them"})
        self.site.add_posts(MANY)
        self.site.connect(self.service)
        self.owner = Moderator(self.site)
        self.connected()
        self.posts()
        self.withdrawn_posts()
        self.comments()
        self.comments_page()
        self.clicks()
        self.old_comments()
        self.unsure()
        self.approvals()
        self.late_decisions()
        self.silent_server()
        self.stopped_server()
        self.back_again()
        self.wrong_key()
        self.right_key_again()
        self.network()
        self.gone()
        self.quiet()

    def connected(self):
        self.checks.step("the settings page of the Akismet plugin")
        page = self.owner.get("/wp-admin/options-general.php?page=akismet-key-config").text
        # With a key from a file the plugin shows its settings if the key is good, else how to get one.
        self.checks.contains("is that of a site with a good key", page, "akismet_strictness")
        self.checks.true("finds no fault with the connection", "akismet-alert" not in page)

    def posts(self):
        self.checks.step("posts")
        self.post = self.site.add_post(texts.POST)
        locked = self.site.add_post(texts.POST | {"title": "For the club only"}, post_password="club")
        self.site.run_cron()
        self.checks.equal("a published post is at the server", self.title_at_server(self.post), texts.POST["title"])
        stored = self.post_at_server(self.post)
        self.checks.contains("with its text", stored.get("body", ""), "Width comes before cushioning")
        self.checks.equal("with its tags", set(texts.POST["tags"]) <= set(stored.get("tags", [])), True)
        self.checks.contains("the posts from before are as well", self.title_at_server(self.old_post), "Shoelaces")
        missing = [number for number in range(MANY) if not self.post_at_server(self.old_post + 1 + number)]
        self.checks.equal(f"all {MANY} of them", missing, [])
        self.checks.equal("a post behind a password is not", self.post_at_server(locked), {})
        built = "[outer a=1][inner]Width[/inner][inner /][inner]before [inner]cushioning[/inner][/inner][/outer] [[inner]]"
        body = self.site.eval(
            "add_shortcode( 'outer', '__return_empty_string' ); add_shortcode( 'inner', '__return_empty_string' );"
            " return ( new ReflectionMethod( 'Ontopic', 'without_shortcodes' ) )->invoke( null, $args[0] );",
            built,
        )
        self.checks.equal("what shortcodes enclose stays", body.split(), ["Width", "before", "cushioning", "[[inner]]"])

    def sync(self):
        """The run in the background that comes every hour."""
        self.site.eval("wp_unschedule_hook( 'ontopic_sync' ); return wp_schedule_single_event( time(), 'ontopic_sync', array( 'test' ) );")
        self.site.run_cron()

    def withdrawn_posts(self):
        self.checks.step("posts that are withdrawn")
        ways = {
            "is private": "wp_update_post( array( 'ID' => $args[0], 'post_status' => 'private' ) );",
            "has a password": "wp_update_post( array( 'ID' => $args[0], 'post_password' => 'club' ) );",
            "is deleted": "wp_delete_post( $args[0], true );",
        }
        posts = [self.site.add_post(texts.POST | {"title": f"One that {way} soon"}) for way in ways]
        self.site.run_cron()
        for post, (way, code) in zip(posts, ways.items()):
            self.checks.equal(f"one that {way} soon is at the server", bool(self.post_at_server(post)), True)
            self.site.eval(f"{code} return true;", post)
        self.sync()
        for post, way in zip(posts, ways):
            self.checks.equal(f"one that {way} is there no longer", self.post_at_server(post), {})
        self.site.edit_post(self.post, texts.POST["body"] + "\n<p>Later: I kept the laces.</p>")
        self.site.run_cron()
        self.checks.contains("an edit arrives", self.post_at_server(self.post).get("body", ""), "kept the laces")

    def post_at_server(self, post_id):
        post = self.service.get(f"/v1/posts/{post_id}", token=self.service.key)
        return post if isinstance(post, dict) else {}

    def title_at_server(self, post_id):
        return self.post_at_server(post_id).get("title", "")

    def comments(self):
        self.checks.step("comments through the form")
        visitor = Visitor(self.site)
        self.genuine = [visitor.comment(self.post, comment)[0] for comment in texts.GENUINE[:2]]
        for comment_id, comment in zip(self.genuine, texts.GENUINE):
            self.checks.equal(f"the genuine one by {comment['author']} is published", self.site.status(comment_id), "1")
        self.spam, _ = visitor.comment(self.post, texts.SPAM)
        self.checks.equal("spam is in the spam folder", self.site.status(self.spam), "spam")
        self.checks.equal("the Akismet plugin has the answer", self.site.meta(self.spam, "akismet_result"), "true")
        tried, _ = visitor.comment(self.post, texts.GENUINE[2] | {"author": "viagra-test-123"})
        self.checks.equal("so is one by viagra-test-123", self.site.status(tried), "spam")

    def comments_page(self):
        self.checks.step("the comments page")
        for comment_id, status in ((self.genuine[0], "all"), (self.spam, "spam")):
            said = self.site.meta(comment_id, "_ontopic")
            reasons = json.loads(urllib.parse.unquote(said["reasons"]))
            self.checks.true(f"the server gave reasons, {len(reasons)} for the {status} one", reasons)
            row = self.row(status, comment_id)
            for reason in reasons:
                # WordPress leaves quotes in text alone or writes them as entities, as it likes.
                self.checks.contains(f"shows the reason `{reason}`", unescaped(row), reason)
            shown = f"spam {100 * float(said['spam']):.1f} %, relevance {100 * float(said['relevance']):.1f} %"
            self.checks.contains("shows both probabilities", unescaped(row), shown)
        self.verdict_before_hostile = self.verdict_of(self.genuine[1])
        hostile = '<script>alert("here")</script> & <b>'
        self.site.eval(
            "return update_comment_meta( $args[0], '_ontopic', array( 'verdict' => $args[1], 'spam' => $args[1],"
            " 'relevance' => '0.5', 'reasons' => rawurlencode( json_encode( array( $args[1] ) ) ) ) );",
            self.genuine[1],
            hostile,
        )
        row = self.row("all", self.genuine[1])
        self.checks.true("obeys nothing that stands in a reason", "<script>alert" not in row and "&lt;script&gt;alert" in row)
        if self.pages:
            self.pages.mkdir(parents=True, exist_ok=True)
            for status in ("all", "spam"):
                page = self.owner.comments_page(status)
                (self.pages / f"{status}.html").write_text(page.replace("<head>", f'<head><base href="{self.site.url}/wp-admin/">'))

    def row(self, status, comment_id):
        page = self.owner.comments_page(status)
        found = re.search(rf"<tr id='comment-{comment_id}'.*?</tr>", page, re.S)
        return found[0] if found else ""

    def verdict_of(self, comment_id):
        return self.site.meta(comment_id, "_ontopic")["id"]

    def decided(self, comment_id):
        """What the log says of a comment, the labels in their order, by reporter."""
        verdict = self.verdict_of(comment_id)
        return [(d["label"], d["reporter"]) for d in self.service.decisions() if d["verdict"] == verdict]

    def clicks(self):
        self.checks.step("clicks of the owner")
        self.owner.click("unspam", self.spam)
        self.checks.equal("`Not Spam` is in the log", self.decided(self.spam), [("ham", "owner")])
        self.checks.equal("and the comment is out of the spam folder", self.site.status(self.spam) != "spam", True)
        self.checks.contains("and the column says so", self.row("all", self.spam), "You: genuine")
        self.owner.click("approve", self.spam)
        self.checks.equal("published, it is not reported again", self.decided(self.spam), [("ham", "owner")])
        self.owner.click("spam", self.genuine[0])
        self.checks.equal("`Spam` is in the log", self.decided(self.genuine[0]), [("spam", "owner")])
        self.checks.equal("and the comment is in the spam folder", self.site.status(self.genuine[0]), "spam")
        self.checks.contains("and the column says so", self.row("spam", self.genuine[0]), "You: spam")

    def old_comments(self):
        self.checks.step("a comment that the owner comes back to")
        body = (
            "Did you try the <u>wide</u> last on the stairs as well? Mine slid at the heel until I laced them "
            "the way you describe; <span>thank you</span> for the tip about the black nail."
        )
        comment, _ = Visitor(self.site).comment(self.post, texts.GENUINE[4] | {"author": "Henrike", "body": body})
        said = self.site.meta(comment, "_ontopic")
        # What the Akismet plugin does after 15 days; what is left of the words is without <u> and <span>.
        self.site.eval("return delete_comment_meta( $args[0], 'akismet_as_submitted' );", comment)
        self.site.eval("return Akismet::recheck_comment( $args[0], 'recheck_queue' );", comment)
        self.checks.equal("checked again, it has the same verdict and reasons", self.site.meta(comment, "_ontopic"), said)
        guids = [self.site.meta(comment, name) for name in ("akismet_guid", "_ontopic_guid")]
        self.checks.equal("and a name by which newer Akismet plugins find it", *guids)
        self.owner.click("spam", comment)
        self.checks.equal("a click on it is a decision about that verdict", self.decided(comment), [("spam", "owner")])

    def unsure(self):
        self.checks.step("comments that the server is unsure of")
        self.site.connect(self.service, key="0" * 12)
        self.unchecked = unchecked = self.says("Which laces do you use on the wide pair? Mine come undone on every staircase.")
        self.site.connect(self.service)
        self.checks.equal("one that could not be checked is mailed to nobody", self.site.mails_asking_about(unchecked), 0)
        self.service.doubt(True)
        self.unsure_form = self.says("The canal path ruined my thin pair within a month, so I would keep the thick foam for it.")
        _, self.unsure_rest = self.through_rest("Is the evening test worth it if I only ever run before breakfast?")
        self.site.eval("do_action( 'akismet_schedule_cron_recheck' ); return true;")
        ways = {"the form": self.unsure_form, "WordPress's REST API": self.unsure_rest, "a check that came late": unchecked}
        counts = self.owner.check_for_spam()
        self.checks.true("the Akismet plugin calls them spam", counts["spam"] >= len(ways), counts)
        for way, comment in ways.items():
            said = [self.site.meta(comment, "_ontopic")["verdict"], self.site.meta(comment, "akismet_result")]
            self.checks.equal(f"one through {way} is held by the server", said, ["hold", "true"])
            self.checks.equal("and is pending, also when it is checked again", self.site.status(comment), "0")
            self.checks.equal("and nobody has decided on it", self.decided(comment), [])
        for way in ("the form", "a check that came late"):
            self.checks.equal(f"one through {way} is mailed to the moderator", self.site.mails_asking_about(ways[way]), 1)
        # As WP-CLI does it.
        self.site.eval("wp_set_comment_status( $args[0], 'approve' ); return Akismet::recheck_comment( $args[0] );", self.unsure_rest)
        self.checks.equal("one that was published and is checked again is pending", self.site.status(self.unsure_rest), "0")
        row = self.row("moderated", self.unsure_form)
        self.checks.contains("the comments page shows the verdict", row, "<strong>Hold</strong>")
        self.checks.contains("beside what the Akismet plugin makes of it", row, "Flagged as spam by Akismet")

        age = "$wpdb->update( $wpdb->comments, array( 'comment_date_gmt' => '2020-01-01 00:00:00' ), array( 'comment_ID' => $args[0] ) );"
        self.site.eval(f"{age} do_action( 'akismet_scheduled_delete' ); return true;", self.unsure_form)
        self.checks.equal("it is still pending when the Akismet plugin has emptied the spam folder", self.site.status(self.unsure_form), "0")

        # Where nothing is kept in the trash, this is what WordPress makes of its list of disallowed words.
        self.site.connect(self.service, more="define( 'EMPTY_TRASH_DAYS', 0 );")
        self.site.eval("return update_option( 'disallowed_keys', 'snapdragon' );")
        disallowed = self.says("My snapdragon laces hold better than any others on the stairs.")
        self.checks.equal("what WordPress itself calls spam is spam", self.site.status(disallowed), "spam")
        self.checks.equal("whatever the server says", self.site.meta(disallowed, "_ontopic")["verdict"], "hold")
        self.site.eval("return delete_option( 'disallowed_keys' );")
        self.site.connect(self.service)

        # The Akismet plugin turns a pingback away for its address alone, unseen, if that is spam. WordPress
        # takes addresses that can be resolved.
        call = "<methodCall><methodName>pingback.ping</methodName><params>{}</params></methodCall>"
        pages = "http://192.0.2.7/stairs", f"{self.site.url}/?p={self.post}"
        params = "".join(f"<param><value><string>{page}</string></value></param>" for page in pages)
        self.owner.post_xml("/xmlrpc.php", call.format(params))
        left = (self.site.root / "wp-content/left.log").read_text()
        self.checks.contains("the page behind a pingback is looked at", left, pages[0])
        self.service.doubt(False)

    def says(self, words):
        """A reader says something under the post; gives the comment's id."""
        return Visitor(self.site).comment(self.post, texts.GENUINE[0] | {"body": words})[0]

    def approvals(self):
        self.checks.step("approvals")
        ways = {
            "a check that comes late": "add_comment_meta( $args[0], 'akismet_rechecking', true );",
            "WP-Cron": "define( 'DOING_CRON', true );",
            "an import": "define( 'WP_IMPORTING', true );",
            "somebody who may not": "wp_set_current_user( get_user_by( 'login', 'reader' )->ID );",
        }
        for way, code in ways.items():
            approved = self.site.eval(
                f"wp_set_current_user( 1 ); {code} $is_approved = wp_set_comment_status( $args[0], 'approve' );"
                " wp_set_comment_status( $args[0], 'hold' ); delete_comment_meta( $args[0], 'akismet_rechecking' );"
                " return $is_approved;",
                self.unsure_form,
            )
            decided = approved, self.decided(self.unsure_form)
            self.checks.equal(f"one by {way} decides nothing", decided, (True, []))
        self.owner.click("approve", self.unsure_form)
        self.checks.equal("one by the owner publishes the comment", self.site.status(self.unsure_form), "1")
        self.checks.equal("and is in the log", self.decided(self.unsure_form), [("ham", "owner")])
        self.checks.contains("and in the column", self.row("all", self.unsure_form), "You: genuine")
        self.owner.click("unapprove", self.unsure_form)
        self.owner.click("approve", self.unsure_form)
        self.checks.equal("once", self.decided(self.unsure_form), [("ham", "owner")])
        self.owner.click("spam", self.unsure_form)
        self.checks.equal("until the owner decides otherwise", self.decided(self.unsure_form), [("ham", "owner"), ("spam", "owner")])
        self.checks.contains("which the column says", self.row("spam", self.unsure_form), "You: spam")

        self.site.eval("return update_option( 'comment_moderation', 1 );")
        moderated = self.says("Two letters wider and no nail lost since, and that on the old town loop in November.")
        self.site.eval("return update_option( 'comment_moderation', 0 );")
        found = self.site.meta(moderated, "_ontopic")["verdict"], self.site.status(moderated)
        self.checks.equal("what WordPress's own settings hold is pending, whatever the server says", found, ("publish", "0"))
        self.owner.click("approve", moderated)
        self.checks.equal("and approving it is a decision as well", self.decided(moderated), [("ham", "owner")])

    def late_decisions(self):
        self.checks.step("decisions at the server")
        comment, _ = Visitor(self.site).comment(self.post, texts.GENUINE[2])
        self.checks.equal("a comment is published", self.site.status(comment), "1")
        self.service.decide(self.verdict_of(comment), "spam")
        self.checks.equal("spam after all: it leaves the page", eventually(lambda: self.site.status(comment), "spam"), "spam")
        self.service.decide(self.verdict_of(comment), "ham")
        self.checks.equal("and comes back", eventually(lambda: self.site.status(comment), "1"), "1")
        self.service.decide(self.verdict_of(self.unchecked), "ham")
        status = eventually(lambda: self.site.status(self.unchecked), "1")
        self.checks.equal("one that was pending is published", status, "1")
        self.checks.equal("and that is no decision of the blog", self.decided(self.unchecked), [("ham", "tests")])

        self.owner.click("spam", comment)
        self.service.decide(self.verdict_of(comment), "ham")
        # Nothing is to happen, so there is nothing to wait for but the call itself, which is local.
        self.checks.equal("what the owner has decided stays", eventually(lambda: self.site.status(comment), "1", 3), "spam")

        guid = self.site.meta(self.genuine[1], "_ontopic_guid")
        for key in ("0" * 12, ""):
            answer = self.webhook(key, guid, "true")
            self.checks.true("a caller without the key is refused", answer.status in (401, 403), answer.status)
        self.checks.equal("and changes nothing", self.site.status(self.genuine[1]), "1")
        answer = json.loads(self.webhook(self.service.key, "no such guid", "true").text)
        self.checks.equal("an unknown guid is an error", answer["comments"]["no such guid"]["status"], "error")

    def webhook(self, key, guid, result):
        call = {"key": key, "endpoint": "comment-check", "comments": [{"guid": guid, "result": result}]}
        return Visitor(self.site).post_json("/index.php?rest_route=/akismet/v1/webhook", call)

    def silent_server(self):
        self.checks.step("a server that takes the connection and says nothing")
        self.service.process.send_signal(signal.SIGSTOP)
        try:
            self.held_silent, seconds = Visitor(self.site).comment(self.old_post, texts.GENUINE[3])
        finally:
            self.service.process.send_signal(signal.SIGCONT)
        self.in_time("the comment form", seconds)
        self.checks.equal("the comment is held", self.site.status(self.held_silent), "0")

    def through_rest(self, words):
        """A reader who is logged in comments through WordPress's REST API; gives status and id."""
        code = (
            "$request = new WP_REST_Request( 'POST', '/wp/v2/comments' );"
            " $request->set_param( 'post', $args[0] ); $request->set_param( 'content', $args[1] );"
            " $reader = get_user_by( 'login', 'reader' );"
            " wp_set_current_user( $reader ? $reader->ID : wp_create_user( 'reader', wp_generate_password(), 'reader@slowmiles.example' ) );"
            " $answer = rest_do_request( $request ); return array( $answer->get_status(), $answer->get_data()['id'] ?? null );"
        )
        return self.site.eval(code, self.post, words)

    def stopped_server(self):
        self.checks.step("a stopped server")
        self.service.stop()
        self.held, seconds = Visitor(self.site).comment(self.old_post, texts.GENUINE[4])
        self.in_time("the comment form", seconds)
        self.checks.equal("the comment is held", self.site.status(self.held), "0")
        status, self.held_rest = self.through_rest("Do you use the heel lock while running on cobbles, or do you lace the wide last as it is?")
        self.checks.equal("WordPress's REST API takes a comment", status, 201)
        self.checks.equal("and it is held as well", self.site.status(self.held_rest), "0")
        self.held_spam, _ = Visitor(self.site).comment(self.old_post, texts.GENUINE[2] | {"author": "viagra-test-123"})
        row = self.row("moderated", self.held)
        self.checks.contains("and waits on the comments page", unescaped(row), texts.GENUINE[4]["body"][:40])
        self.in_time("a click", self.owner.click("spam", self.genuine[1]))
        self.checks.equal("and does what it says", self.site.status(self.genuine[1]), "spam")
        self.in_time("an approval", self.owner.click("approve", self.unsure_rest))
        self.checks.equal("and does what it says", self.site.status(self.unsure_rest), "1")
        self.checks.contains("and the column says so", self.row("all", self.unsure_rest), "You: genuine")
        self.site.edit_post(self.post, texts.POST["body"] + "\n<p>Later still: I bought new laces.</p>")
        self.checks.equal("the background run does not mind", self.site.run_cron(), 200)

    def in_time(self, what, seconds):
        self.checks.true(f"{what} answers after {seconds:.2f} s", seconds < PATIENCE_SECONDS, f"expected {PATIENCE_SECONDS} s")

    def back_again(self):
        self.checks.step("the server is back")
        self.service.start()
        # An hour and twenty minutes later.
        self.sync()
        self.checks.contains("the edit arrives", self.post_at_server(self.post).get("body", ""), "bought new laces")
        verdict = self.verdict_before_hostile
        labels = [(d["label"], d["reporter"]) for d in self.service.decisions() if d["verdict"] == verdict]
        self.checks.equal("the click arrives", labels, [("spam", "owner")])
        self.checks.equal("the approval arrives", self.decided(self.unsure_rest), [("ham", "owner")])
        self.checks.contains("and stays in the column", self.row("all", self.unsure_rest), "You: genuine")
        self.site.eval("do_action( 'akismet_schedule_cron_recheck' ); return true;")
        for what, comment in (("silence", self.held_silent), ("stop", self.held), ("stop, through REST,", self.held_rest)):
            self.checks.equal(f"the comment held since the {what} is published", self.site.status(comment), "1")
        self.checks.true("with reasons", self.site.meta(self.held, "_ontopic"))
        self.checks.equal("and spam is in the spam folder", self.site.status(self.held_spam), "spam")

    def wrong_key(self):
        self.checks.step("a wrong key")
        self.site.connect(self.service, key="0" * 12)
        comment, _ = Visitor(self.site).comment(self.post, texts.GENUINE[4])
        self.checks.equal("the comment is held", self.site.status(comment), "0")
        page = self.owner.get("/wp-admin/options-general.php?page=akismet-key-config").text
        self.checks.true("the settings page of the Akismet plugin says so", "akismet_strictness" not in page)
        self.owner.click("approve", comment)
        self.checks.equal("approving it, of which there is no verdict, decides nothing", self.site.meta(comment, "_ontopic_unsent"), "")
        self.owner.click("spam", self.held_rest)
        unsent = self.site.meta(self.held_rest, "_ontopic_unsent")
        self.checks.true("a click is kept for later, without the key", unsent and "0" * 12 not in unsent["body"], unsent)
        self.sync()
        self.checks.equal("also by the hourly run", self.site.meta(self.held_rest, "_ontopic_unsent"), unsent)

    def right_key_again(self):
        self.checks.step("the right key again")
        self.site.connect(self.service)
        # One that the server never takes is no obstacle.
        self.site.eval(
            "return update_comment_meta( $args[0], '_ontopic_unsent', array( 'call' => 'verify-key', 'body' => '' ) );",
            self.genuine[0],
        )
        post = self.site.add_post(texts.POST | {"title": "After the key"})
        self.sync()
        self.checks.equal("the click arrives", self.decided(self.held_rest), [("spam", "owner")])
        self.checks.equal("a new post arrives", self.title_at_server(post), "After the key")

    def network(self):
        self.checks.step("a network of blogs")
        blog = self.site.make_network(self.service)
        code = "switch_to_blog( $args[0] );"
        post = self.site.eval(
            f"{code} $id = wp_insert_post( array( 'post_title' => 'Cats', 'post_content' => 'On the mat.',"
            " 'post_status' => 'publish', 'post_author' => 1 ) ); Ontopic::sync(); return $id;",
            blog,
        )
        self.checks.equal("a post is named after its blog", self.title_at_server(f"{blog}-{post}"), "Cats")
        comment = self.site.eval(
            f"{code} $id = wp_new_comment( array( 'comment_post_ID' => $args[1], 'comment_author' => 'Mia',"
            " 'comment_author_email' => 'mia@reader.example', 'comment_author_url' => '', 'comment_author_IP' => '192.0.2.9',"
            " 'comment_agent' => '', 'comment_type' => 'comment', 'comment_content' => 'Does the cat sit on the mat all day?' ) );"
            " return array( get_comment_meta( $id, '_ontopic', true ), get_comment_meta( $id, '_ontopic_guid', true ) );",
            blog,
            post,
        )
        verdict = self.service.get(f"/v1/verdicts/{comment[0]['id']}", token=self.service.key)
        self.checks.equal("so is what a comment stands under", verdict["post"], f"{blog}-{post}")
        call = {"key": self.service.key, "endpoint": "comment-check"}
        entry = {"guid": comment[1], "result": "true", "comment_post_ID": f"{blog}-{post}"}
        answer = self.site.eval(
            f"{code} $request = new WP_REST_Request( 'POST', '/akismet/v1/webhook' );"
            " $request->set_body_params( $args[1] ); return rest_do_request( $request )->get_data();",
            blog,
            call | {"comments": [entry]},
        )
        self.checks.equal("and a correction finds the comment", answer["comments"][comment[1]]["status"], "success")

    def gone(self):
        self.checks.step("the way back")
        (self.site.root / "wp-content/mu-plugins/ontopic.php").unlink()
        command = re.search(r"wp eval '(.*?)'\n", GUIDE.read_text(encoding="utf-8"), re.S)[1]
        self.site.eval(f"{command} return true;")
        left = self.site.eval(
            "$left = array(); foreach ( array( 'commentmeta' => 'meta_key', 'postmeta' => 'meta_key', 'options' => 'option_name' ) as $table => $column )"
            " { $left[] = (int) $wpdb->get_var( \"SELECT COUNT(*) FROM {$wpdb->$table} WHERE $column LIKE '%ontopic%'\" ); }"
            " foreach ( _get_cron_array() as $events ) { $left[] = count( preg_grep( '/^ontopic/', array_keys( $events ) ) ); }"
            " return array_sum( $left );"
        )
        self.checks.equal("nothing of the plugin is left after the command of the guide", left, 0)

    def quiet(self):
        self.checks.step("what was left behind")
        left = self.site.root / "wp-content/left.log"
        went = left.read_text() if left.exists() else ""
        self.checks.true("nothing was meant for Akismet's own servers", "akismet" not in went, went)
        log = self.site.root / "wp-content/debug.log"
        complaints = [line for line in log.read_text().splitlines() if "mu-plugins/ontopic.php" in line] if log.exists() else []
        self.checks.equal("PHP has nothing to say about our plugin", complaints, [])


def unescaped(text):
    return html.unescape(text)
