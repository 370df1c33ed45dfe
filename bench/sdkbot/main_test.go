package main

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/sim"
	"github.com/vrep/vrep/sim/conformance"
)

const (
	appID  = "wx0123456789abcdef"
	token  = "bench-token"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// The cases that a bot on the SDK's server fails, by mode. A change here is news about the SDK, or about the suite.
func TestConformance(t *testing.T) {
	for _, tt := range []struct {
		mode string
		want []string
	}{
		{sim.ModeSafe, []string{
			"echo/post_is_no_check",
			"delivery/three_times", "delivery/event_three_times", "delivery/retry_after_another", "delivery/overlapping", "delivery/late_reply",
			"odd/control_character", "odd/cdata_end", "odd/broken_utf8", "odd/injected_sender", "odd/malformed_menu_id", "odd/malformed_location", "odd/malformed_flag",
			"forged/stale", "forged/future", "forged/replay", "forged/openid_mismatch", "forged/downgrade",
			"size/two_megabytes", "size/sixty_megabytes_announced", "size/sixty_megabytes_in_chunks",
			"connection/half_closed",
		}},
		{sim.ModePlain, []string{
			"echo/post_is_no_check",
			"delivery/three_times", "delivery/event_three_times", "delivery/retry_after_another", "delivery/overlapping", "delivery/late_reply",
			"odd/control_character", "odd/cdata_end", "odd/broken_utf8", "odd/injected_sender", "odd/malformed_menu_id", "odd/malformed_location", "odd/malformed_flag",
			"forged/stale", "forged/future", "forged/replay", "forged/replay_new_body", "forged/openid_mismatch",
			"size/two_megabytes", "size/sixty_megabytes_announced", "size/sixty_megabytes_in_chunks",
			"connection/half_closed",
		}},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			b := newBot(appID, token, aesKey)
			server := httptest.NewServer(b)
			defer server.Close()
			results, err := conformance.Run(t.Context(), conformance.Target{URL: server.URL, AppID: appID, Token: token, AESKey: aesKey, Mode: tt.mode}, conformance.Options{
				Patience: 3 * time.Second,
				Probe:    func(_ context.Context, openID string) (int, error) { return b.count(openID), nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, conformance.Failed(results)); diff != "" {
				t.Errorf("failed cases (-want +got):\n%s", diff)
				for _, r := range results {
					if !r.OK {
						t.Logf("%s: %s", r.Name, r.Why)
					}
				}
			}
		})
	}
}
