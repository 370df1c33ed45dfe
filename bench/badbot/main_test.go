package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/sim/conformance"
)

const (
	appID    = "wx0123456789abcdef"
	token    = "bench-token"
	aesKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	patience = 3 * time.Second
)

// named are the cases that each set of faults fails; of the bad bot all but what its other faults hide.
var named = []struct {
	faults []fault
	want   string
}{
	{nil, ""},
	{[]fault{unsigned}, "echo/wrong_signature echo/no_signature forged/no_signature forged/bad_signature forged/other_token " +
		"forged/swapped_cipher forged/replay_new_body"},
	{[]fault{ageless}, "forged/stale forged/future"},
	{[]fault{trusting}, "forged/openid_mismatch"},
	{[]fault{downgrade}, "forged/downgrade"},
	{[]fault{echoPost}, "echo/post_is_no_check"},
	{[]fault{repeating}, "delivery/three_times delivery/event_three_times delivery/retry_after_another delivery/overlapping " +
		"delivery/late_reply forged/replay connection/half_closed"},
	{[]fault{swallowing}, "delivery/three_times delivery/event_three_times delivery/retry_after_another delivery/overlapping " +
		"forged/replay connection/half_closed"},
	{[]fault{bySecond}, "delivery/same_second"},
	{[]fault{slow}, "kinds/image kinds/voice"},
	{[]fault{parroting}, "odd/control_character odd/cdata_end odd/broken_utf8 odd/injected_sender size/long_reply"},
	{[]fault{bottomless}, "size/two_megabytes size/sixty_megabytes_announced size/sixty_megabytes_in_chunks"},
	{[]fault{oneByOne}, "connection/slow_bodies_hold_up_nobody"},
	{[]fault{strict}, "odd/control_character odd/cdata_end odd/broken_utf8 odd/injected_sender odd/malformed_menu_id " +
		"odd/malformed_location odd/other_format"},
	{[]fault{narrow}, "kinds/video kinds/shortvideo kinds/location kinds/link kinds/miniprogrampage kinds/from_the_future " +
		"odd/malformed_location"},
	{bad, "echo/wrong_signature echo/no_signature echo/post_is_no_check delivery/three_times " +
		"delivery/event_three_times delivery/retry_after_another delivery/overlapping delivery/late_reply " +
		"kinds/image kinds/voice kinds/video kinds/shortvideo kinds/location kinds/link kinds/miniprogrampage " +
		"kinds/from_the_future odd/control_character odd/cdata_end odd/broken_utf8 odd/injected_sender " +
		"odd/malformed_menu_id odd/malformed_location odd/other_format forged/no_signature forged/bad_signature " +
		"forged/other_token forged/swapped_cipher forged/stale forged/future forged/replay forged/replay_new_body " +
		"forged/openid_mismatch forged/downgrade size/two_megabytes size/sixty_megabytes_announced " +
		"size/sixty_megabytes_in_chunks size/long_reply connection/half_closed " +
		"connection/slow_bodies_hold_up_nobody"},
}

// Without faults every case is passed, and each fault alone fails the cases that are about it and no others.
func TestConformance(t *testing.T) {
	for _, n := range named {
		t.Run(fmt.Sprint(n.faults), func(t *testing.T) {
			results := try(t, n.faults)
			diff := cmp.Diff(strings.Fields(n.want), conformance.Failed(results))
			if diff == "" {
				return
			}
			t.Errorf("failed cases (-want +got):\n%s", diff)
			for _, r := range results {
				if !r.OK {
					t.Logf("%s: %s", r.Name, r.Why)
				}
			}
		})
	}
}

// Replies that the platform would not show fail every case that gets one.
func TestRepliesAreJudged(t *testing.T) {
	for _, f := range []fault{bare, unswapped} {
		failed := conformance.Failed(try(t, []fault{f}, "delivery/text", "kinds", "burst"))
		if len(failed) < 20 || failed[0] != "delivery/text" {
			t.Errorf("%s: only these fail: %v", f, failed)
		}
	}
}

func try(t *testing.T, faults []fault, only ...string) []conformance.Result {
	t.Helper()
	k, err := newKeys(appID, token, aesKey)
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(k, patience+time.Second, faults...)
	server := httptest.NewServer(b)
	defer server.Close()
	results, err := conformance.Run(t.Context(), conformance.Target{URL: server.URL, AppID: appID, Token: token, AESKey: aesKey}, conformance.Options{
		Patience: patience, Doctors: 30, Only: only,
		Probe: func(_ context.Context, openID string) (int, error) { return b.count(openID), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}
