package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// inviting is a doctor with a card.
func inviting(t *testing.T, s *store.Store, openID string, most, alarm int64) (doctor, scene string) {
	t.Helper()
	turn := newTurn(openID, 1, openID+"-1")
	scene = "scene-" + openID
	turn.PeerCards = []store.PeerCard{{ID: "card-" + openID, Scene: scene, Token: "digest-" + openID, Most: most, Alarm: alarm, ExpiresAt: s.Now() + time.Hour.Milliseconds()}}
	commit(t, s, turn)
	return turn.Doctor.ID, scene
}

// follow lets somebody follow by a code.
func follow(t *testing.T, s *store.Store, openID, scene string) string {
	t.Helper()
	turn := newTurn(openID, 1, openID+"-1")
	turn.Journal.ReceivedAt, turn.Doctor.CreatedAt = s.Now(), s.Now()
	turn.Scan = &store.Scan{Scene: scene, Followed: true, FirstTouch: true}
	commit(t, s, turn)
	return turn.Doctor.ID
}

// verified lets somebody agree to the basic service and be verified, and derives him.
func verified(t *testing.T, s *store.Store, openID string) {
	t.Helper()
	turn := newTurn(openID, 2, openID+"-2")
	turn.Doctor.Level = store.LevelVerified
	turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: 2, Purpose: store.PurposeBase, Granted: true, At: s.Now()}}
	turn.Refresh = true
	commit(t, s, turn)
	derive(t, s, turn.Doctor.ID)
}

func erased(t *testing.T, s *store.Store, id, cause string) {
	t.Helper()
	e, err := s.Erase(t.Context(), id, cause)
	if err != nil {
		t.Fatal(err)
	}
	finish(t, s, e)
}

// derive writes that nothing was derived about a doctor.
func derive(t *testing.T, s *store.Store, id string) {
	t.Helper()
	rec, err := s.DoctorRecord(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.SaveDerived(t.Context(), []store.Derived{{Doctor: id, Mark: rec.Doctor.RefreshAt, Gone: true}}); err != nil || n != 1 {
		t.Fatalf("derived %d, %v", n, err)
	}
}

func chainOf(t *testing.T, s *store.Store, doctor string) store.ReferralChain {
	t.Helper()
	_, sum, err := s.PeerCards(t.Context(), doctor, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// A card credits each colleague once, when he is verified; not oneself, not who was here before, not more than it may, and nobody once too many have scanned it.
func TestS2_33_CreditHasLimits(t *testing.T) {
	places(t, func(t *testing.T, s *store.Store, _ store.Options) {
		old := newTurn("oOld", 1, "oOld-1")
		commit(t, s, old)
		doctor, scene := inviting(t, s, "oI", 2, 5)
		again := newTurn("oOld", 2, "oOld-again")
		again.Scan = &store.Scan{Scene: scene}
		commit(t, s, again)
		own := newTurn("oI", 2, "oI-own")
		own.Scan = &store.Scan{Scene: scene}
		commit(t, s, own)
		for i := range 3 {
			who := fmt.Sprint("oN", i)
			follow(t, s, who, scene)
			verified(t, s, who)
			derive2 := newTurn(who, 3, who+"-3")
			derive2.Refresh = true
			commit(t, s, derive2)
			derive(t, s, derive2.Doctor.ID)
		}
		if c := chainOf(t, s, doctor); c != (store.ReferralChain{Made: 1, Scanned: 4, Followed: 3, Consented: 3, Verified: 3, Credited: 2}) {
			t.Errorf("after three colleagues, one who was here, and himself: %+v", c)
		}
		follow(t, s, "oN3", scene)
		if c := chainOf(t, s, doctor); c.Flagged != 1 || c.Scanned != 5 {
			t.Errorf("five people: %+v", c)
		}
		rows, _, err := s.PeerCards(t.Context(), doctor, time.Time{})
		if err != nil || rows[0].People[2].Withheld != store.WithheldMost {
			t.Errorf("the third: %+v, %v", rows, err)
		}
		other, otherScene := inviting(t, s, "oJ", 9, 2)
		for i := range 2 {
			follow(t, s, fmt.Sprint("oM", i), otherScene)
		}
		verified(t, s, "oM0")
		if c := chainOf(t, s, other); c.Credited != 0 || c.Verified != 1 || c.Flagged != 1 {
			t.Errorf("a card that too many scanned: %+v", c)
		}
	})
}

// Erasing who was invited leaves the credit as a number; erasing who invited closes the card, and whoever comes later is credited to nobody.
func TestReferralsSurviveErasures(t *testing.T) {
	places(t, func(t *testing.T, s *store.Store, at store.Options) {
		doctor, scene := inviting(t, s, "oI", 9, 50)
		first, second := follow(t, s, "oA", scene), follow(t, s, "oB", scene)
		verified(t, s, "oA")
		card, err := s.CardByToken(t.Context(), "digest-oI")
		if err != nil || card.Scene.ID != scene || card.Name != "" {
			t.Errorf("the card: %+v, %v", card, err)
		}
		erased(t, s, first, store.EraseUnfollow)
		if c := chainOf(t, s, doctor); c.Credited != 1 || c.Followed != 2 || c.Verified != 1 {
			t.Errorf("after the invited has gone: %+v", c)
		}
		erased(t, s, doctor, store.EraseRequest)
		if _, err := s.CardByToken(t.Context(), "digest-oI"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the card of somebody who is gone: %v", err)
		}
		verified(t, s, "oB")
		for table, rows := range storetest.Dump(t, at) {
			for _, row := range rows {
				if table == "peer_cards" && (strings.Contains(row, doctor) || strings.Contains(row, scene)) || table == "referrals" && (strings.Contains(row, doctor) || strings.Contains(row, first)) ||
					table == "influences" && strings.Contains(row, first) {
					t.Errorf("%s is still linked: %s", table, row)
				}
				if table == "referrals" && strings.Contains(row, second) && !strings.Contains(row, store.WithheldGone) {
					t.Errorf("credited to nobody: %s", row)
				}
			}
		}
	})
}
