package console

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/bot/outreach"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
)

func testWords(t *testing.T) words {
	t.Helper()
	w, err := readWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	w.borrow(handoff.New(handoff.Options{}).Form())
	w.learnMaster()
	return w
}

func TestEveryCodeHasAWord(t *testing.T) {
	w := testWords(t)
	for group, codes := range map[string][]string{
		"phase":     {store.PhasesTalking, store.PhaseIdle, store.PhaseAsking, store.PhaseConfirm, store.PhaseConsent, store.PhaseHandedOff, store.PhaseOptedOut},
		"lead":      {store.LeadNew, store.LeadAssigned, store.LeadAccepted, store.LeadBooked, store.LeadVisited, store.LeadClosed, store.LeadExpired, store.LeadWithdrawn},
		"leadevent": {"open", handoff.EventAssign, handoff.EventReassign, handoff.EventDecline, handoff.EventAccept, handoff.EventBook, handoff.EventNoShow, handoff.EventVisit, handoff.EventClose, handoff.EventExpire, handoff.EventWithdraw, handoff.EventReopen},
		"effect":    {store.EffectReady, store.EffectClaimed, store.EffectWaiting, store.EffectDone, store.EffectCancel, store.EffectDead},
		"effectkind": {
			store.KindText, store.KindImage, store.KindNews, store.KindCard, store.KindCardUpdate, store.KindRepText,
		},
		"importkind": master.KindNames(), "importstatus": {store.ImportDry, store.ImportRunning, store.ImportDone, store.ImportFailed}, "access": accessStates,
		"importproblem": {"running", "failed"}, "mergehow": {store.MergeByRule, store.MergeByPerson}, "twin": {"person", "name"}, "yesno": {"yes", "no"},
		"pair":        {"name", "hospital", "department", "title", "key", "level", "code", "aliases", "province", "city", "county", "doctors"},
		"quote":       {store.QuoteOffered, store.QuoteConsented, store.QuoteRefused, store.QuoteApproved, store.QuoteRejected, store.QuoteWithdrawn, store.QuoteExpired},
		"signature":   {store.SignName, store.SignPlace, store.SignNone},
		"chain":       {"scanned", "followed", "consented", "verified", "active"},
		"withheld":    {store.WithheldFlagged, store.WithheldMost, store.WithheldGone},
		"scene":       {store.SceneReferral, store.SceneRep, store.SceneHospital, store.SceneDepartment, store.SceneMeeting},
		"funnel":      {"scanned", "followed", "consented", "visited", "led"},
		"visit":       {"lost", "closed", "again", "left", "snapshot", "unknown", "busy", "gone", "used", "over", "verify", "register", "no_notice"},
		"visithint":   {"lost", "closed", "again", "left", "snapshot", "unknown", "busy", "gone", "used", "over", "verify", "register", "no_notice"},
		"right":       {store.RightsRead, store.RightsExport, store.RightsTag, store.RightsPersonalOff, store.RightsPersonalOn, store.RightsWithdraw, store.RightsErase},
		"rightstatus": {store.RightsOpen, store.RightsDone, store.RightsRefused},
		"pressed":     {"grant", "withdraw"},
		"departcause": departCauses, "departure": {store.DepartureOpen, store.DepartureDone}, "poolcause": {store.TransferRefused, store.DepartLeft, store.TransferPool},
		"transfer": {store.TransferProposed, store.TransferConfirmed, store.TransferContacted, store.TransferRefused, store.TransferDropped},
		"offer":    {store.OfferOpen, store.OfferAccepted, store.OfferDeclined, store.OfferLost},
		"case":     {store.CaseOpen, store.CaseReported, store.CaseAcknowledged},
		"push":     {store.PushPlanned, store.PushQueued, store.PushNone},
		"verify":   {store.VerifyOpen, store.VerifyPassed, store.VerifyRefused},
		"level":    {"0", "1", "2", "9"},
		"source":   {store.SourceAnswer, store.SourceRep, store.SourceBehaviour, store.SourceImport, store.SourceConsole, store.SourceComputed},
		"gift":     {store.EffectReady, store.EffectClaimed, store.EffectWaiting, store.EffectDone, store.EffectCancel, store.EffectDead},
		"pushreason": {
			outreach.ReasonGone, outreach.ReasonOptedOut, outreach.ReasonNoConsent, outreach.ReasonUnwanted, outreach.ReasonNoContent, outreach.ReasonFreeze, outreach.ReasonCaps,
			"kind", "topic", "kind+topic", "next", "named", "explore",
		},
		"contactstage": flows.ContactStages,
		"matchpart":    {"topics", "kind", "stage", "fresh", "ignored", "sum"},
		"erasecause":   {store.EraseUnfollow, store.EraseRequest},
		"team":         {store.TeamRep, store.TeamPV, store.TeamMedical, store.TeamOps, store.TeamManager},
		"leadlevel":    {"hot", "warm", "cold", "watch"},
		"verifymethod": {"invite", "licence", "rep", store.SourceConsole},
		"purpose":      {"base", "push", "portrait", store.PurposeShare},
		"casefield":    intakeOrder,
		"element":      vital,
		"role":         Roles,
		"approval":     {store.ApprovalOpen, store.ApprovalApproved, store.ApprovalRefused, store.ApprovalExpired},
		"approvalkind": slices.Collect(maps.Keys(acts)),
		"exportcolumn": exportColumns,
		"channel":      {"face", "phone", "online"},
		"result":       {handoff.ResultMet, handoff.ResultNotMet},
		"prefers":      {"literature", "case", "video", "meeting"},
		"ladder":       {"A0", "A1", "A2", "A3", "A4", "A5", "A6"},
	} {
		for _, code := range codes {
			if !w.has(group, code) {
				t.Errorf("%s: %q has no word", group, code)
			}
		}
	}
	for _, n := range navigation {
		if !w.has("nav", n.Name) {
			t.Errorf("menu entry %q has no word", n.Name)
		}
		if n.Group != "" && !w.has("navgroup", n.Group) {
			t.Errorf("group %q of the menu has no word", n.Group)
		}
	}
}

// TestReasonsAreExplained: the guide for operations says of every reason for not sending what it means.
func TestReasonsAreExplained(t *testing.T) {
	guide, err := os.ReadFile("../docs/guide-operations.zh.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(guide), "## 为什么没有发出")
	sent := []string{"answer", "clicked", "spoke", "permit", "service", "rep"} // why something was sent
	for code, word := range testWords(t)["sendreason"] {
		if !slices.Contains(sent, code) && !strings.Contains(page, word) {
			t.Errorf("%s (%s) is not explained", code, word)
		}
	}
}

func TestTonesBelongToWords(t *testing.T) {
	w := testWords(t)
	tones, err := readWords(tonesFile)
	if err != nil {
		t.Fatal(err)
	}
	for group, codes := range tones {
		for code, tone := range codes {
			if !w.has(group, code) {
				t.Errorf("tone for %s %q, which has no word", group, code)
			}
			if !slices.Contains([]string{"plain", "info", "good", "warn", "bad"}, tone) {
				t.Errorf("%s %q: unknown tone %q", group, code, tone)
			}
		}
	}
}

func TestTemplatesUseKnownGroups(t *testing.T) {
	w := testWords(t)
	use := regexp.MustCompile(`(?:word|badge) "([a-z]+)"`)
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, name := range files {
		text, err := templateFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllStringSubmatch(string(text), -1) {
			if w[m[1]] == nil {
				t.Errorf("%s uses the group %q, which words.yaml does not have", name, m[1])
			}
		}
		page := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
		if !slices.Contains(append([]string{"layout", "parts", "icons", "handover"}, pageNames...), page) {
			t.Errorf("%s is no page", name)
		}
	}
}

func TestStylesheetKnowsEveryClass(t *testing.T) {
	css, err := os.ReadFile("assets/console.css")
	if err != nil {
		t.Fatal(err)
	}
	use := regexp.MustCompile(`class="([^"]*)"`)
	action := regexp.MustCompile(`\{\{.*?\}\}`)
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := templateFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllStringSubmatch(action.ReplaceAllString(string(text), " "), -1) {
			for _, class := range strings.Fields(m[1]) {
				if !strings.Contains(string(css), "."+class) {
					t.Errorf("%s: class %q is not in the stylesheet", name, class)
				}
			}
		}
	}
}

func TestNoChineseInGo(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(string(text), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s holds Chinese words", f.Name())
		}
	}
}
