package console

import (
	"testing"

	"github.com/vrep/vrep/store"
)

// TestEveryMeetingCodeHasAWord: whatever a meeting can hold is said in words.
func TestEveryMeetingCodeHasAWord(t *testing.T) {
	w := testWords(t)
	for group, codes := range map[string][]string{
		"meeting":        {store.MeetingDraft, store.MeetingApproved, store.MeetingOpen, store.MeetingHeld, store.MeetingClosed, store.MeetingCancelled},
		"meetingmode":    store.MeetingModes,
		"meetingrole":    store.MeetingRoles,
		"way":            store.MeetingWays,
		"rsvp":           {"", store.RsvpAccept, store.RsvpReplay, store.RsvpDeclined, store.RsvpStop},
		"came":           {"", store.DidAttend, store.DidMiss},
		"shift":          {"up", "same", "doubt", "partial"},
		"meetingwish":    {"paper", "roundtable", "f2f", "none"},
		"meetingoutcome": {"", store.OutcomeView, store.OutcomeMaterial, store.OutcomeQuestion, store.OutcomeVisit, store.OutcomeNone, store.OutcomeGone},
		"notinvited":     {"made", store.NotInvitedUnknown, store.NotInvitedGone, store.NotInvitedOptedOut, store.NotInvitedLevel, store.NotInvitedConsent, store.NotInvitedUnwanted, store.NotInvitedInvited},
		"sheetproblem":   {"unknown", "several", "masked", "part", "twice", "long", "empty"},
		"pushreason":     {store.ReasonMeetingOver},
	} {
		for _, code := range codes {
			if w[group][code] == "" {
				t.Errorf("%s has no word for %q", group, code)
			}
		}
	}
}
