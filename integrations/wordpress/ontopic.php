<?php
/**
 * Plugin Name: Ontopic
 * Description: Points the Akismet plugin at an Ontopic server of your own, tells that server what your posts are about, and shows its reasons beside each comment.
 * Requires at least: 5.5
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * A must-use plugin: copy this file to wp-content/mu-plugins/ and add two lines to wp-config.php.
 *
 *     define( 'ONTOPIC_URL', 'http://127.0.0.1:8080' );
 *     define( 'ONTOPIC_KEY', 'the 12 characters of the site key' );
 *
 * Without these lines it does nothing. The Akismet plugin stays as it is, and has to be active.
 *
 * @package Ontopic
 */

if ( ! defined( 'ABSPATH' ) || ! defined( 'ONTOPIC_URL' ) || ! defined( 'ONTOPIC_KEY' ) ) {
	return;
}

/**
 * Five things, in the order of this class: the Akismet plugin's requests go to the Ontopic server,
 * what it is unsure of waits for a person, whose approval is a decision, what it answers is kept with
 * the comment and shown, later corrections are received, and in the background undelivered decisions
 * and posts are sent, and removed when they are withdrawn.
 *
 * Visitors and moderators never wait for the server longer than TIMEOUT, once per page. A comment
 * that could not be checked is held, and checked again by the Akismet plugin's own schedule.
 */
final class Ontopic {

	/** Seconds that a page waits for the server, the least that WordPress allows. Akismet's 15 would be 45 with its two retries. */
	const TIMEOUT = 1.0;

	/** Seconds that a request in the background may take, and that one background run may last. */
	const BACKGROUND_TIMEOUT = 10;
	const BACKGROUND_RUN     = 20;

	/** Posts, and bytes, in one request; characters of one post, of which the server reads 64 KiB. */
	const BATCH_POSTS = 100;
	const BATCH_BYTES = 500000;
	const POST_LENGTH = 65536;

	/** Shortcodes in each other that a post may have. */
	const SHORTCODE_DEPTH = 20;

	/** Tags and categories of one post. */
	const TAGS = 100;

	/** Undelivered decisions sent in one background run. */
	const DECISIONS = 50;

	/** Comment meta: what the server said of a comment, the name it gave to that answer, the last decision it has got, one it has not. */
	const ANSWER_META  = '_ontopic';
	const GUID_META    = '_ontopic_guid';
	const DECIDED_META = '_ontopic_decided';
	const UNSENT_META  = '_ontopic_unsent';

	/** Post meta: which version of the post is at which server. */
	const SENT_META = '_ontopic_sent';

	/** Events of WP-Cron: the background run, and a deleted post that is to be removed from the server. */
	const SYNC   = 'ontopic_sync';
	const REMOVE = 'ontopic_remove';

	/** Seconds until the server is asked again to remove a deleted post. */
	const REMOVE_AGAIN = 3600;

	/** What submit-spam and submit-ham answer when the decision has been taken. */
	const THANKS = 'Thanks for making the web a better place.';

	/**
	 * What the server said of the comment that is being submitted right now.
	 *
	 * @var array|null
	 */
	private static $answer = null;

	/**
	 * What WordPress itself would make of the new comment, before the Akismet plugin is heard.
	 *
	 * @var int|string|WP_Error|null
	 */
	private static $status = null;

	/**
	 * The stored comment that the server has just been asked about again and is unsure of, or 0.
	 *
	 * @var int
	 */
	private static $unsure = 0;

	/**
	 * Whether the server has kept this very page waiting already.
	 *
	 * @var bool
	 */
	private static $is_down = false;

	/** Adds all hooks. */
	public static function init() {
		add_filter( 'akismet_get_api_key', array( __CLASS__, 'key' ) );
		add_filter( 'akismet_predefined_api_key', '__return_true' );
		add_filter( 'pre_http_request', array( __CLASS__, 'redirect' ), 10, 3 );

		// The Akismet plugin checks at priority 1: before it nothing is known, after it the answer is this comment's.
		foreach ( array( 'preprocess_comment', 'rest_pre_insert_comment' ) as $hook ) {
			add_filter( $hook, array( __CLASS__, 'forget' ), 0 );
			add_filter( $hook, array( __CLASS__, 'attach' ), 2 );
		}

		// And at priority 10 it says what it has been told.
		add_filter( 'pre_comment_approved', array( __CLASS__, 'note' ), 9 );
		add_filter( 'pre_comment_approved', array( __CLASS__, 'hold' ), 11, 2 );
		add_filter( 'rest_pre_insert_comment', array( __CLASS__, 'hold_rest' ), 2 );
		add_action( 'comment_unapproved_to_spam', array( __CLASS__, 'hold_again' ) );
		add_action( 'comment_approved_to_spam', array( __CLASS__, 'hold_again' ) );
		add_action( 'comment_unapproved_to_approved', array( __CLASS__, 'approved' ) );

		add_filter( 'manage_edit-comments_columns', array( __CLASS__, 'columns' ) );
		add_action( 'manage_comments_custom_column', array( __CLASS__, 'show' ), 10, 2 );
		add_action( 'admin_notices', array( __CLASS__, 'notice' ) );

		add_action( 'rest_api_init', array( __CLASS__, 'routes' ) );
		add_filter( 'rest_pre_dispatch', array( __CLASS__, 'localize' ), 10, 3 );

		add_action( 'init', array( __CLASS__, 'schedule' ) );
		add_action( 'transition_post_status', array( __CLASS__, 'changed' ), 10, 2 );
		add_action( 'before_delete_post', array( __CLASS__, 'deleted' ) );
		add_action( self::SYNC, array( __CLASS__, 'sync' ) );
		add_action( self::REMOVE, array( __CLASS__, 'remove' ) );
	}

	/** The key that the Akismet plugin sends. */
	public static function key() {
		return ONTOPIC_KEY;
	}

	// Requests of the Akismet plugin.

	/**
	 * Sends what is meant for Akismet to the Ontopic server, with less patience: method and headers as
	 * they are, and in the body what the server cannot know otherwise.
	 *
	 * @param false|array|WP_Error $response What another plugin has answered, or false.
	 * @param array                $args     The request.
	 * @param string               $url      Where it was going.
	 * @return false|array|WP_Error The server's answer; never an error, as Akismet would try again, twice.
	 */
	public static function redirect( $response, $args, $url ) {
		$parts = wp_parse_url( $url );
		if ( false !== $response || ! preg_match( '/^(?:([0-9a-z]+)\.)?rest\.akismet\.com$/i', $parts['host'] ?? '', $host ) ) {
			return $response;
		}
		$call = basename( $parts['path'] ?? '' );
		$body = isset( $args['body'] ) ? $args['body'] : '';
		$body = is_array( $body ) ? http_build_query( $body, '', '&' ) : (string) $body;
		parse_str( $body, $fields );

		if ( isset( $host[1] ) && ! isset( $fields['api_key'] ) ) {
			$body .= '&api_key=' . rawurlencode( $host[1] );
		}
		if ( is_multisite() && isset( $fields['comment_post_ID'] ) ) {
			$body = preg_replace( '/(^|&)comment_post_ID=[^&]*/', '$1comment_post_ID=' . self::post_name( (int) $fields['comment_post_ID'] ), $body );
		}
		if ( isset( $fields['comment_ID'] ) ) {
			// WordPress removes markup from what it stores, so that the words alone do not lead back to the verdict.
			$said = get_comment_meta( (int) $fields['comment_ID'], self::ANSWER_META, true );
			if ( is_array( $said ) && ! empty( $said['id'] ) ) {
				$body .= '&ontopic_verdict_id=' . rawurlencode( $said['id'] );
			}
		}
		if ( 'comment-check' === $call && ! isset( $fields['callback'] ) ) {
			$body .= '&callback=' . rawurlencode( get_rest_url( null, 'akismet/v1/webhook' ) );
		}
		if ( '' !== $body ) {
			$args['body'] = $body;
		}
		if ( is_array( $args['headers'] ) ) {
			unset( $args['headers']['Host'] );
		}
		$args['timeout']     = self::TIMEOUT;
		$args['redirection'] = 0;

		$path   = ( $parts['path'] ?? '/' ) . ( isset( $parts['query'] ) ? '?' . $parts['query'] : '' );
		$answer = self::$is_down ? new WP_Error() : wp_remote_request( untrailingslashit( ONTOPIC_URL ) . $path, $args );
		if ( is_wp_error( $answer ) ) {
			self::$is_down = true;

			$answer = array(
				'headers'  => array(),
				'body'     => 'comment-check' === $call ? 'Ontopic did not answer' : '',
				'response' => array(
					'code'    => 503,
					'message' => 'Service Unavailable',
				),
				'cookies'  => array(),
				'filename' => null,
			);
		}

		if ( 'comment-check' === $call ) {
			$answer = self::checked( $answer, $fields );
		} elseif ( in_array( $call, array( 'submit-spam', 'submit-ham' ), true ) && isset( $fields['comment_ID'] ) ) {
			self::decided( (int) $fields['comment_ID'], $call, $body, $answer );
		}
		return $answer;
	}

	/**
	 * Keeps what the server said of a comment, and sees to it that a comment without a verdict is held.
	 *
	 * @param array $answer The server's answer.
	 * @param array $fields The request's fields.
	 * @return array The answer, with a guid.
	 */
	private static function checked( $answer, $fields ) {
		$guid = (string) wp_remote_retrieve_header( $answer, 'x-akismet-guid' );
		if ( '' === $guid ) {
			// From 5.3.7 on Akismet publishes what it has no guid for, whatever the answer says.
			$answer['headers']['x-akismet-guid'] = wp_generate_uuid4();
			return $answer;
		}
		$said = array(
			'guid'      => $guid,
			'id'        => (string) wp_remote_retrieve_header( $answer, 'x-ontopic-verdict-id' ),
			'verdict'   => (string) wp_remote_retrieve_header( $answer, 'x-ontopic-verdict' ),
			'spam'      => (string) wp_remote_retrieve_header( $answer, 'x-ontopic-spam' ),
			'relevance' => (string) wp_remote_retrieve_header( $answer, 'x-ontopic-relevance' ),
			// Percent-encoded, and kept like that: it has no backslash that WordPress might take off on its way.
			'reasons'   => (string) wp_remote_retrieve_header( $answer, 'x-ontopic-reasons' ),
		);
		if ( isset( $fields['comment_ID'] ) ) {
			$comment_id = (int) $fields['comment_ID'];
			foreach ( self::meta( $said ) as $name => $value ) {
				update_comment_meta( $comment_id, $name, $value );
			}
			// From 5.5 on Akismet keeps it with new comments only, and finds those to correct by it.
			update_comment_meta( $comment_id, 'akismet_guid', $guid );
			self::$unsure = 'hold' === $said['verdict'] ? $comment_id : 0;
		} elseif ( isset( $fields['akismet_pre_check'] ) && 'hold' === $said['verdict'] ) {
			// A pingback of which there is nothing but the address yet: what is spam now is never looked at.
			$answer['body'] = 'false';
		} else {
			self::$answer = $said;
		}
		return $answer;
	}

	/**
	 * Keeps a decision that did not arrive, so that it can be sent later; the last one counts.
	 *
	 * @param int    $comment_id The comment.
	 * @param string $call       submit-spam or submit-ham.
	 * @param string $body       The request's body.
	 * @param array  $answer     The server's answer.
	 */
	private static function decided( $comment_id, $call, $body, $answer ) {
		if ( self::THANKS === wp_remote_retrieve_body( $answer ) ) {
			self::delivered( $comment_id, $call );
		} elseif ( ! self::is_refused( $answer ) ) {
			$body = self::without_key( $body );
			update_comment_meta( $comment_id, self::UNSENT_META, compact( 'call', 'body' ) );
		}
	}

	/**
	 * Notes that the server has got a decision.
	 *
	 * @param int    $comment_id The comment.
	 * @param string $call       submit-spam or submit-ham.
	 */
	private static function delivered( $comment_id, $call ) {
		delete_comment_meta( $comment_id, self::UNSENT_META );
		update_comment_meta( $comment_id, self::DECIDED_META, $call );
	}

	/**
	 * The last decision on a comment, at the server or on its way there.
	 *
	 * @param int $comment_id The comment.
	 * @return string submit-spam or submit-ham; empty if there is none.
	 */
	private static function decision( $comment_id ) {
		$unsent = get_comment_meta( $comment_id, self::UNSENT_META, true );
		return (string) ( $unsent['call'] ?? get_comment_meta( $comment_id, self::DECIDED_META, true ) );
	}

	/**
	 * A request's body without the key: by the time it is sent, another one may be in force.
	 *
	 * @param string $body The body.
	 * @return string
	 */
	private static function without_key( $body ) {
		return preg_replace( '/(^|&)(?:api_)?key=[^&]*/', '', $body );
	}

	// What a person has to look at.

	/**
	 * Notes what would become of a new comment without the Akismet plugin.
	 *
	 * @param int|string|WP_Error $status The status.
	 * @return int|string|WP_Error The same.
	 */
	public static function note( $status ) {
		self::$status = $status;
		return $status;
	}

	/**
	 * Holds a new comment that the server is unsure of: it is answered as spam, as there are two answers
	 * only, and the Akismet plugin deletes spam after a while, seen or not.
	 *
	 * @param int|string|WP_Error $status  The status.
	 * @param array               $comment The comment's data.
	 * @return int|string|WP_Error The same, or pending.
	 */
	public static function hold( $status, $comment ) {
		return 'spam' === $status && self::is_unsure( $comment ) ? '0' : $status;
	}

	/**
	 * Does the same for one that comes through WordPress's REST API, and holds what could not be checked:
	 * there the status is set before the Akismet plugin is asked, which changes it for spam alone.
	 *
	 * @param array|WP_Error $comment The comment's data, or why there is none.
	 * @return array|WP_Error The same, perhaps held.
	 */
	public static function hold_rest( $comment ) {
		if ( ! is_array( $comment ) || ! isset( $comment['akismet_result'], $comment['comment_approved'] ) ) {
			return $comment;
		}
		if ( in_array( $comment['akismet_result'], array( 'true', 'false' ), true ) ) {
			$comment['comment_approved'] = self::hold( $comment['comment_approved'], $comment );
		} elseif ( '1' === (string) $comment['comment_approved'] && ! current_user_can( 'moderate_comments' ) ) {
			$comment['comment_approved'] = '0';
		}
		return $comment;
	}

	/**
	 * Whether a new comment is spam to the Akismet plugin alone: neither to the server, which is unsure,
	 * nor to WordPress, by its list of disallowed words or by another plugin.
	 *
	 * @param array $comment The comment's data.
	 * @return bool
	 */
	private static function is_unsure( $comment ) {
		return 'true' === ( $comment['akismet_result'] ?? '' )
			&& 'hold' === ( $comment['comment_meta'][ self::ANSWER_META ]['verdict'] ?? '' )
			&& ! in_array( self::$status, array( 'spam', 'trash' ), true );
	}

	/**
	 * Holds a stored comment that the Akismet plugin has checked again and made spam, though the server
	 * is unsure of it; with the e-mail to the moderator, if that waited for the check.
	 *
	 * @param WP_Comment $comment The comment.
	 */
	public static function hold_again( $comment ) {
		$id = (int) $comment->comment_ID;
		if ( self::$unsure === $id ) {
			self::$unsure = 0;
			wp_set_comment_status( $id, 'hold' );
			if ( get_comment_meta( $id, 'akismet_delayed_moderation_email', true ) ) {
				wp_new_comment_notify_moderator( $id );
			}
		}
	}

	/**
	 * Makes a decision of an approval. The Akismet plugin reports what somebody takes out of the spam
	 * folder, and nothing that was pending. What approves by itself decides nothing: a check that comes
	 * late, an import, a correction, which nobody is logged in for.
	 *
	 * @param WP_Comment $comment The comment, approved.
	 */
	public static function approved( $comment ) {
		$id = (int) $comment->comment_ID;
		if (
			class_exists( 'Akismet' )
			&& ( current_user_can( 'edit_comment', $id ) || current_user_can( 'moderate_comments' ) )
			&& ! wp_doing_cron()
			&& ! ( defined( 'WP_IMPORTING' ) && WP_IMPORTING )
			&& ! metadata_exists( 'comment', $id, 'akismet_rechecking' )
			&& metadata_exists( 'comment', $id, self::ANSWER_META )
			&& 'submit-ham' !== self::decision( $id )
		) {
			Akismet::submit_nonspam_comment( $id );
		}
	}

	// Answers, kept with the comment and shown.

	/**
	 * Forgets the answer on the comment before.
	 *
	 * @param mixed $comment The comment's data.
	 * @return mixed The same.
	 */
	public static function forget( $comment ) {
		self::$answer = null;
		return $comment;
	}

	/**
	 * Puts the answer on this comment into its meta.
	 *
	 * @param array|WP_Error $comment The comment's data, or why there is none.
	 * @return array|WP_Error The same, with meta.
	 */
	public static function attach( $comment ) {
		if ( is_array( $comment ) && null !== self::$answer ) {
			$comment['comment_meta'] = array_merge( (array) ( $comment['comment_meta'] ?? array() ), self::meta( self::$answer ) );
		}
		return $comment;
	}

	/**
	 * The meta that an answer becomes.
	 *
	 * @param array $said What the server said.
	 * @return array Values by name.
	 */
	private static function meta( $said ) {
		$meta = array( self::GUID_META => $said['guid'] );
		unset( $said['guid'] );
		if ( '' !== $said['verdict'] ) {
			$meta[ self::ANSWER_META ] = $said;
		}
		return $meta;
	}

	/**
	 * Adds a column to the comments page.
	 *
	 * @param array $columns Titles by name.
	 * @return array The same with ours.
	 */
	public static function columns( $columns ) {
		$columns['ontopic'] = esc_html__( 'Ontopic', 'ontopic' );
		return $columns;
	}

	/**
	 * Prints what was decided on a comment, verdict, probabilities and reasons.
	 *
	 * @param string $column     Name of the column.
	 * @param int    $comment_id The comment.
	 */
	public static function show( $column, $comment_id ) {
		if ( 'ontopic' !== $column ) {
			return;
		}
		$decisions = array(
			'submit-ham'  => __( 'You: genuine', 'ontopic' ),
			'submit-spam' => __( 'You: spam', 'ontopic' ),
		);
		$decision  = self::decision( $comment_id );
		if ( isset( $decisions[ $decision ] ) ) {
			printf( '<strong>%s</strong><br>', esc_html( $decisions[ $decision ] ) );
		}
		$said = get_comment_meta( $comment_id, self::ANSWER_META, true );
		if ( ! is_array( $said ) ) {
			echo '&mdash;';
			return;
		}
		$verdicts = array(
			'publish' => __( 'Publish', 'ontopic' ),
			'hold'    => __( 'Hold', 'ontopic' ),
			'spam'    => __( 'Spam', 'ontopic' ),
		);
		printf(
			'<strong>%s</strong><br>%s',
			esc_html( $verdicts[ $said['verdict'] ] ?? $said['verdict'] ),
			esc_html(
				sprintf(
					/* translators: 1: probability of spam, 2: probability that the comment belongs under this post */
					__( 'spam %1$s, relevance %2$s', 'ontopic' ),
					self::percent( $said['spam'] ),
					self::percent( $said['relevance'] )
				)
			)
		);
		$reasons = self::reasons( $said );
		if ( $reasons ) {
			echo '<ul>';
			foreach ( $reasons as $reason ) {
				printf( '<li>%s</li>', esc_html( $reason ) );
			}
			echo '</ul>';
		}
	}

	/**
	 * The reasons in an answer.
	 *
	 * @param array $said What the server said.
	 * @return string[]
	 */
	private static function reasons( $said ) {
		return array_filter( (array) json_decode( rawurldecode( $said['reasons'] ) ), 'is_string' );
	}

	/**
	 * A probability for people.
	 *
	 * @param string $probability From 0 to 1; empty if unknown.
	 * @return string Percent.
	 */
	private static function percent( $probability ) {
		/* translators: %s: a number */
		return is_numeric( $probability ) ? sprintf( __( '%s %%', 'ontopic' ), number_format_i18n( 100 * (float) $probability, 1 ) ) : '?';
	}

	/** Says so where nothing is checked at all. */
	public static function notice() {
		if ( ! class_exists( 'Akismet' ) && current_user_can( 'activate_plugins' ) ) {
			printf(
				'<div class="notice notice-warning"><p>%s</p></div>',
				esc_html__( 'Ontopic does not see your comments: the Akismet plugin, through which they come, is not active.', 'ontopic' )
			);
		}
	}

	// Later corrections.

	/** Receives corrections where the Akismet plugin is too old (before 5.5) to do so, under the address that newer ones have. */
	public static function routes() {
		if ( class_exists( 'Akismet' ) && ! is_callable( array( 'Akismet_REST_API', 'receive_webhook' ) ) ) {
			register_rest_route(
				'akismet/v1',
				'/webhook',
				array(
					'methods'             => WP_REST_Server::CREATABLE,
					'callback'            => array( __CLASS__, 'receive' ),
					'permission_callback' => array( __CLASS__, 'knows_key' ),
				)
			);
		}
	}

	/**
	 * Gives corrections the post ids of this blog again, whoever receives them.
	 *
	 * @param mixed           $response What another plugin has answered, or null.
	 * @param WP_REST_Server  $server   The REST server.
	 * @param WP_REST_Request $request  The request.
	 * @return mixed The same answer.
	 */
	public static function localize( $response, $server, $request ) {
		if ( is_multisite() && '/akismet/v1/webhook' === $request->get_route() ) {
			$comments = $request->get_param( 'comments' );
			foreach ( is_array( $comments ) ? array_keys( $comments ) : array() as $key ) {
				if ( is_string( $comments[ $key ]['comment_post_ID'] ?? null ) ) {
					$comments[ $key ]['comment_post_ID'] = preg_replace( '/^\d+-/', '', $comments[ $key ]['comment_post_ID'] );
				}
			}
			$request->set_param( 'comments', $comments );
		}
		return $response;
	}

	/**
	 * Whether a request bears the site key.
	 *
	 * @param WP_REST_Request $request The request.
	 * @return bool
	 */
	public static function knows_key( $request ) {
		$key = $request->get_param( 'key' );
		return is_string( $key ) && hash_equals( strtolower( ONTOPIC_KEY ), strtolower( $key ) );
	}

	/**
	 * Applies corrections, and answers as newer Akismet plugins do.
	 *
	 * @param WP_REST_Request $request The request: `comments`, each with `guid` and `result`.
	 * @return WP_REST_Response What became of each, by guid.
	 */
	public static function receive( $request ) {
		$statuses = array();
		if ( 'comment-check' === $request->get_param( 'endpoint' ) ) {
			foreach ( (array) $request->get_param( 'comments' ) as $entry ) {
				if ( ! is_array( $entry ) || ! is_string( $entry['guid'] ?? null ) || '' === $entry['guid'] ) {
					continue;
				}
				$query = array(
					'status'     => 'any',
					'meta_key'   => self::GUID_META, // phpcs:ignore WordPress.DB.SlowDBQuery.slow_db_query_meta_key
					'meta_value' => $entry['guid'], // phpcs:ignore WordPress.DB.SlowDBQuery.slow_db_query_meta_value
				);
				if ( isset( $entry['comment_post_ID'] ) ) {
					$query['post_id'] = (int) $entry['comment_post_ID'];
				}
				$comments = get_comments( $query );
				if ( 1 === count( $comments ) ) {
					self::correct( $comments[0], $entry['result'] ?? null );
					$statuses[ $entry['guid'] ] = array( 'status' => 'success' );
				} else {
					$statuses[ $entry['guid'] ] = array(
						'status'  => 'error',
						'message' => __( 'Could not find matching comment.', 'ontopic' ),
					);
				}
			}
		}
		return rest_ensure_response( array( 'comments' => (object) $statuses ) );
	}

	/**
	 * Moves a comment to where the server would have it now, unless somebody here has decided otherwise.
	 *
	 * @param WP_Comment   $comment The comment.
	 * @param string|mixed $result  'true' for spam, 'false' for a genuine comment; anything else is ignored.
	 */
	private static function correct( $comment, $result ) {
		$id     = (int) $comment->comment_ID;
		$status = wp_get_comment_status( $id );
		if ( 'trash' === $status || ! in_array( $result, array( 'true', 'false' ), true ) || self::is_decided_here( $id ) ) {
			return;
		}
		if ( 'true' === $result && 'spam' !== $status ) {
			wp_spam_comment( $id );
		} elseif ( 'false' === $result && 'approved' !== $status ) {
			if ( 'spam' === $status ) {
				wp_unspam_comment( $id );
			}
			if ( check_comment( $comment->comment_author, $comment->comment_author_email, $comment->comment_author_url, $comment->comment_content, $comment->comment_author_IP, $comment->comment_agent, $comment->comment_type ) ) {
				wp_set_comment_status( $id, 'approve' );
			}
		}
		delete_comment_meta( $id, 'akismet_error' );
		update_comment_meta( $id, 'akismet_result', $result );
		Akismet::update_comment_history( $id, '', 'true' === $result ? 'recheck-spam' : 'recheck-ham' );
	}

	/**
	 * Whether the last change of a comment was a moderator's, by the history that the Akismet plugin keeps.
	 *
	 * @param int $comment_id The comment.
	 * @return bool
	 */
	private static function is_decided_here( $comment_id ) {
		$history = Akismet::get_comment_history( $comment_id );
		$event   = is_array( $history ) && $history ? (string) $history[0]['event'] : '';
		return (bool) preg_match( '/^(report-|status-(?!changed))/', $event );
	}

	// In the background.

	/** Keeps the hourly run going, which also sends what was there before this plugin. */
	public static function schedule() {
		if ( ! wp_next_scheduled( self::SYNC ) ) {
			wp_schedule_event( time(), 'hourly', self::SYNC );
		}
	}

	/**
	 * Tells the server of a post soon after it was published, edited or withdrawn; not at once, as its
	 * author waits for the page.
	 *
	 * @param string $status The post's new status.
	 * @param string $before Its status before.
	 */
	public static function changed( $status, $before ) {
		if ( in_array( 'publish', array( $status, $before ), true ) ) {
			wp_schedule_single_event( time(), self::SYNC, array( 'edited' ) );
		}
	}

	/**
	 * Sees to it that a post is removed from the server, before it is gone here with its meta.
	 *
	 * @param int $post_id The post.
	 */
	public static function deleted( $post_id ) {
		if ( metadata_exists( 'post', $post_id, self::SENT_META ) ) {
			wp_schedule_single_event( time(), self::REMOVE, array( self::post_name( $post_id ) ) );
		}
	}

	/** Sends decisions that did not arrive, removes posts that were withdrawn, and sends those that the server has not got as they are now. */
	public static function sync() {
		$until = time() + self::BACKGROUND_RUN;
		self::send_decisions( $until );
		self::remove_withdrawn( $until );
		do {
			$posts = self::unsent_posts();
			if ( ! self::send_posts( $posts ) ) {
				return;
			}
		} while ( $posts && time() < $until );
		if ( $posts ) {
			wp_schedule_single_event( time(), self::SYNC, array( 'more' ) );
		}
	}

	/**
	 * Sends decisions that did not arrive. One that is answered and still not taken stays for the next
	 * run and does not stand in the way of the others.
	 *
	 * @param int $until When the run is over.
	 */
	private static function send_decisions( $until ) {
		$ids = get_comments(
			array(
				'status'   => 'any',
				'fields'   => 'ids',
				'meta_key' => self::UNSENT_META, // phpcs:ignore WordPress.DB.SlowDBQuery.slow_db_query_meta_key
			)
		);
		// Each has its turn, however many there are that the server does not take.
		shuffle( $ids );
		foreach ( array_slice( $ids, 0, self::DECISIONS ) as $id ) {
			$unsent = get_comment_meta( $id, self::UNSENT_META, true );
			$answer = wp_remote_post(
				untrailingslashit( ONTOPIC_URL ) . '/1.1/' . $unsent['call'],
				array(
					'body'        => self::without_key( $unsent['body'] ) . '&api_key=' . rawurlencode( ONTOPIC_KEY ),
					'timeout'     => self::BACKGROUND_TIMEOUT,
					'redirection' => 0,
				)
			);
			if ( self::THANKS === wp_remote_retrieve_body( $answer ) ) {
				self::delivered( $id, $unsent['call'] );
			} elseif ( self::is_refused( $answer ) ) {
				delete_comment_meta( $id, self::UNSENT_META );
			}
			if ( is_wp_error( $answer ) || time() >= $until ) {
				return;
			}
		}
	}

	/**
	 * Removes posts from the server that are there and published no longer: private, in the trash, or
	 * behind a password.
	 *
	 * @param int $until When the run is over.
	 */
	private static function remove_withdrawn( $until ) {
		global $wpdb;
		// phpcs:disable WordPress.DB.DirectDatabaseQuery
		$ids = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT p.ID FROM {$wpdb->posts} p JOIN {$wpdb->postmeta} m ON m.post_id = p.ID
				WHERE m.meta_key = %s AND ( p.post_status <> 'publish' OR p.post_password <> '' ) LIMIT %d",
				self::SENT_META,
				self::BATCH_POSTS
			)
		);
		// phpcs:enable
		foreach ( $ids as $id ) {
			if ( time() >= $until || ! self::is_removed( self::post_name( $id ) ) ) {
				return;
			}
			delete_post_meta( $id, self::SENT_META );
		}
	}

	/**
	 * Removes a deleted post from the server, now or later.
	 *
	 * @param string $name What the server calls it.
	 */
	public static function remove( $name ) {
		if ( ! self::is_removed( $name ) ) {
			wp_schedule_single_event( time() + self::REMOVE_AGAIN, self::REMOVE, array( $name ) );
		}
	}

	/**
	 * Removes a post from the server.
	 *
	 * @param string $name What the server calls it.
	 * @return bool Whether it is not there any longer.
	 */
	private static function is_removed( $name ) {
		$answer = wp_remote_request(
			untrailingslashit( ONTOPIC_URL ) . '/v1/posts/' . $name,
			array(
				'method'      => 'DELETE',
				'headers'     => array( 'Authorization' => 'Bearer ' . ONTOPIC_KEY ),
				'timeout'     => self::BACKGROUND_TIMEOUT,
				'redirection' => 0,
			)
		);
		return in_array( (int) wp_remote_retrieve_response_code( $answer ), array( 204, 404 ), true );
	}

	/**
	 * Published posts that the server has not got as they are now, the newest first. Those behind a
	 * password stay here.
	 *
	 * @return WP_Post[] At most a batch of them, by id.
	 */
	private static function unsent_posts() {
		global $wpdb;
		$types = array();
		foreach ( get_post_types( array( 'public' => true ) ) as $type ) {
			if ( post_type_supports( $type, 'comments' ) ) {
				$types[] = $type;
			}
		}
		if ( ! $types ) {
			return array();
		}
		$places = implode( ', ', array_fill( 0, count( $types ), '%s' ) );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders, WordPress.DB.DirectDatabaseQuery
		$ids = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT p.ID FROM {$wpdb->posts} p
				WHERE p.post_status = 'publish' AND p.post_password = '' AND p.post_type IN ( $places )
				AND NOT EXISTS (
					SELECT 1 FROM {$wpdb->postmeta} m
					WHERE m.post_id = p.ID AND m.meta_key = %s AND m.meta_value = CONCAT( %s, p.post_modified_gmt )
				)
				ORDER BY p.post_modified_gmt DESC LIMIT %d",
				array_merge( $types, array( self::SENT_META, self::server(), self::BATCH_POSTS ) )
			)
		);
		// phpcs:enable
		return array_filter( array_map( 'get_post', $ids ) );
	}

	/**
	 * Sends posts and notes that they were sent. Those that the server refuses are noted as well: they
	 * have another chance when they are edited, and do not stand in the way of the others.
	 *
	 * @param WP_Post[] $posts The posts.
	 * @return bool Whether the server is there.
	 */
	private static function send_posts( $posts ) {
		if ( ! $posts ) {
			return true;
		}
		$entries = array_map( array( __CLASS__, 'entry' ), $posts );
		$body    = wp_json_encode( array( 'posts' => array_values( $entries ) ) );
		$answer  = null;
		if ( count( $posts ) === 1 || strlen( $body ) <= self::BATCH_BYTES ) {
			$answer = wp_remote_post(
				untrailingslashit( ONTOPIC_URL ) . '/v1/posts',
				array(
					'headers'     => array(
						'Authorization' => 'Bearer ' . ONTOPIC_KEY,
						'Content-Type'  => 'application/json',
					),
					'body'        => $body,
					'timeout'     => self::BACKGROUND_TIMEOUT,
					'redirection' => 0,
				)
			);
			if ( is_wp_error( $answer ) ) {
				return false;
			}
		}
		$refused = null !== $answer && self::is_refused( $answer );
		if ( count( $posts ) > 1 && ( null === $answer || $refused ) ) {
			$halves = array_chunk( $posts, (int) ceil( count( $posts ) / 2 ) );
			return self::send_posts( $halves[0] ) && self::send_posts( $halves[1] );
		}
		if ( ! $refused && 2 !== intdiv( (int) wp_remote_retrieve_response_code( $answer ), 100 ) ) {
			return false;
		}
		foreach ( $posts as $post ) {
			update_post_meta( $post->ID, self::SENT_META, self::server() . $post->post_modified_gmt );
		}
		return true;
	}

	/**
	 * A post as the server takes it.
	 *
	 * @param WP_Post $post The post.
	 * @return array
	 */
	private static function entry( $post ) {
		$tags = wp_get_object_terms( $post->ID, get_object_taxonomies( $post ), array( 'number' => self::TAGS ) );
		return array(
			'id'     => self::post_name( $post->ID ),
			'url'    => get_permalink( $post ),
			'title'  => wp_strip_all_tags( $post->post_title ),
			'body'   => mb_substr( self::without_shortcodes( $post->post_content ), 0, self::POST_LENGTH, 'UTF-8' ),
			'author' => (string) get_the_author_meta( 'display_name', $post->post_author ),
			'tags'   => is_wp_error( $tags ) ? array() : array_values( array_unique( wp_list_pluck( $tags, 'name' ) ) ),
		);
	}

	/**
	 * What the server calls a post. The blogs of a network share one site there, and each of them has a
	 * post 1.
	 *
	 * @param int|string $post_id The post.
	 * @return string
	 */
	private static function post_name( $post_id ) {
		return is_multisite() ? get_current_blog_id() . '-' . $post_id : (string) $post_id;
	}

	/**
	 * Takes the tags of shortcodes out of a text and leaves what they enclose, which with page builders
	 * is the whole text.
	 *
	 * @param string $content The text.
	 * @return string
	 */
	private static function without_shortcodes( $content ) {
		global $shortcode_tags;
		for ( $depth = 0; $shortcode_tags && $depth < self::SHORTCODE_DEPTH; $depth++ ) {
			$inner = preg_replace_callback( '/' . get_shortcode_regex() . '/', array( __CLASS__, 'without_tags' ), $content );
			if ( null === $inner || $inner === $content ) {
				break;
			}
			$content = $inner;
		}
		return $content;
	}

	/**
	 * What a shortcode encloses.
	 *
	 * @param string[] $found The shortcode, as `get_shortcode_regex()` finds it.
	 * @return string
	 */
	private static function without_tags( $found ) {
		// With brackets around its own it stands there to be read.
		$is_shown = '[' === $found[1] && ']' === $found[6];
		return $is_shown ? $found[0] : $found[1] . ' ' . $found[5] . ' ' . $found[6];
	}

	/** Names the server, the site and the blog there, so that another one gets the posts anew. */
	private static function server() {
		return md5( ONTOPIC_URL . ' ' . strtolower( ONTOPIC_KEY ) . self::post_name( '' ) ) . ' ';
	}

	/**
	 * Whether the server will say no however often it is asked.
	 *
	 * @param array|WP_Error $answer The answer.
	 * @return bool
	 */
	private static function is_refused( $answer ) {
		return in_array( (int) wp_remote_retrieve_response_code( $answer ), array( 400, 413, 422 ), true );
	}
}

Ontopic::init();
