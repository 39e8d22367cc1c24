<?php
/**
 * The surroundings of the test: no flood control, no mail, and no way out of this machine. What would
 * have left, and been mailed, is written down.
 */

add_filter( 'wp_is_comment_flood', '__return_false', 99 );
add_filter(
	'pre_wp_mail',
	function ( $sent, $mail ) {
		file_put_contents( WP_CONTENT_DIR . '/mail.log', $mail['subject'] . "\n" . $mail['message'] . "\n", FILE_APPEND );
		return true;
	},
	10,
	2
);
add_filter(
	'pre_http_request',
	function ( $response, $args, $url ) {
		if ( false !== $response || '127.0.0.1' === wp_parse_url( $url, PHP_URL_HOST ) ) {
			return $response;
		}
		file_put_contents( WP_CONTENT_DIR . '/left.log', $url . "\n", FILE_APPEND );
		return new WP_Error( 'test', 'this test has no way out' );
	},
	20,
	3
);
