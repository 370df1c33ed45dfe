package console

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/bot/release"
	pv "github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/store"
)

// approvalsShown is the number of proposals in the list.
const approvalsShown = 100

// act is a kind of act that two people must want.
type act struct {
	decide  []string                                                      // roles that may decide
	do      func(c *Console, ctx context.Context, a store.Approval) error // nil: the one who asked does it, once approved
	refused func(c *Console, ctx context.Context, a store.Approval) error // what follows from a refusal; may be nil
}

// deciders decide what no desk of its own decides.
var deciders = []string{store.RoleCompliance, store.RoleAdmin}

// acts lists them. What is done stands in the proposal's body, see actBody, and is shown to the one who decides as it is.
var acts = map[string]act{
	store.ActShare:     {decide: deciders, do: (*Console).actShare},
	store.ActLift:      {decide: deciders, do: (*Console).actLift},
	store.ActReassign:  {decide: deciders, do: (*Console).actReassign},
	store.ActRules:     {decide: deciders, do: (*Console).actRules},
	store.ActRole:      {decide: deciders, do: (*Console).actRole},
	store.ActVerify:    {decide: []string{store.RoleManager, store.RoleCompliance, store.RoleAdmin}, do: (*Console).actVerify},
	store.ActSuper:     {decide: []string{store.RoleManager, store.RoleMarketing, store.RoleMedical, store.RoleAccess, store.RoleCompliance, store.RoleAdmin}, do: (*Console).actSuper},
	store.ActMeeting:   {decide: []string{store.RoleMedical, store.RoleCompliance}, do: (*Console).actMeeting}, // who approves content
	store.ActCampaign:  {decide: deciders, do: (*Console).actCampaign, refused: (*Console).keepCampaign},
	store.ActExport:    {decide: deciders},
	store.ActCaseClose: {decide: []string{store.RoleSafety}, do: (*Console).actCaseClose, refused: (*Console).keepCase}, // cases are seen by the desk alone
}

// actBody is what a proposal is about: names of the word group "actfield" with their values. Names without a word are not shown.
type actBody map[string]string

func bodyOf(a store.Approval) (actBody, error) {
	var b actBody
	if err := json.Unmarshal(a.Body, &b); err != nil {
		return nil, fmt.Errorf("reading what is proposed: %w", err)
	}
	return b, nil
}

// number reads a whole number of the body.
func (b actBody) number(name string) (int64, error) {
	n, err := strconv.ParseInt(b[name], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading what is proposed: %w", err)
	}
	return n, nil
}

// releaseOf reads the release that a proposal is about, and the share of doctors that it is to have.
func releaseOf(a store.Approval) (body actBody, id int64, share int, err error) {
	if body, err = bodyOf(a); err != nil {
		return nil, 0, 0, err
	}
	if id, err = body.number("release"); err != nil {
		return nil, 0, 0, err
	}
	percent, err := body.number("share")
	return body, id, int(percent), err
}

// propose asks for a second person and leads to the list.
func (c *Console) propose(w http.ResponseWriter, v *request, kind, object string, body actBody, reason, from string) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing a proposal: %w", err)
	}
	_, err = c.store.Propose(v.Context(), store.Approval{Kind: kind, Object: object, Body: raw, Reason: reason})
	if errors.Is(err, store.ErrNoReason) {
		return c.back(w, v, "unreasoned", from)
	}
	if err != nil {
		return err
	}
	return c.back(w, v, "proposed", "/console/approvals")
}

// approvalView is one proposal as its page shows it.
type approvalView struct {
	store.Approval
	Lines   []approvalLine
	Decides bool   // this person may decide it now
	Mine    bool   // this person asked
	File    bool   // this person may take the file
	Page    string // see pageOf
}

type approvalLine struct{ Name, Value string }

// decidable are the kinds that a role may decide.
func decidable(role string) []string {
	kinds := slices.Collect(maps.Keys(acts))
	return slices.DeleteFunc(kinds, func(k string) bool { return !slices.Contains(acts[k].decide, role) })
}

// pageOf is where what is proposed can be read whole; "" = the lines say it all.
func pageOf(a store.Approval) string {
	if number, ok := strings.CutPrefix(a.Object, "release:"); ok {
		return "/console/releases/" + number
	}
	if id, ok := strings.CutPrefix(a.Object, "campaign:"); ok {
		return "/console/campaigns/" + id
	}
	if id, ok := strings.CutPrefix(a.Object, "departure:"); ok {
		return "/console/departures/" + id
	}
	switch a.Kind {
	case store.ActMeeting:
		return "/console/meetings/" + strings.TrimPrefix(a.Object, "meeting:")
	case store.ActCaseClose:
		return "/console/cases/" + a.Object
	case store.ActVerify:
		return "/console/verifications/" + strings.TrimPrefix(a.Object, "doctor:")
	case store.ActSuper:
		doctor, product, _ := strings.Cut(a.Object, ":")
		return "/console/supers/" + doctor + "?product=" + product
	}
	return ""
}

func (c *Console) pageApprovals(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Approvals(v.Context(), decidable(v.user.Role), approvalsShown)
	if err != nil {
		return err
	}
	views := make([]approvalView, len(rows))
	for i, a := range rows {
		mine := a.Actor == v.user.Name
		views[i] = approvalView{
			Page:     pageOf(a),
			Approval: a, Lines: c.approvalLines(v.Context(), a), Mine: mine,
			Decides: !mine && a.Status == store.ApprovalOpen && slices.Contains(acts[a.Kind].decide, v.user.Role),
			File:    mine && a.Kind == store.ActExport && c.takeable(a),
		}
	}
	return c.show(w, v, "approvals", views)
}

// approvalLines is what would be done, in words.
func (c *Console) approvalLines(ctx context.Context, a store.Approval) []approvalLine {
	body, err := bodyOf(a)
	if err != nil {
		return nil
	}
	var lines []approvalLine
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if value := body[name]; value != "" && c.words.has("actfield", name) {
			lines = append(lines, approvalLine{Name: c.words.word("actfield", name), Value: c.actValue(ctx, name, value)})
		}
	}
	return lines
}

// actValue is a value of a proposal in words; the id where there is no name, or the person of the context may not know it.
func (c *Console) actValue(ctx context.Context, name, value string) string {
	lib := c.libraryNow()
	switch {
	case name == "product":
		return c.productLabel(value)
	case name == "flow":
		return c.flowTitle(value)
	case name == "doctor":
		if d, err := c.store.DoctorRecord(ctx, value); err == nil {
			return cmp.Or(strings.Join(strings.Fields(d.Doctor.Name+" "+d.Doctor.HospitalName+" "+d.Doctor.Department), " "), value)
		}
	case name == "from" || name == "to" || name == "rep":
		if r, err := c.store.Rep(ctx, value); err == nil {
			return cmp.Or(r.Name, value)
		}
	case name == "lens" && lib != nil && lib.Supers() != nil:
		for _, l := range lib.Supers().Lenses {
			if l.Code == value {
				return l.Label
			}
		}
	}
	return c.words.orSame("actvalue", value)
}

// doDecide lets the second person decide, and does at once what was approved.
func (c *Console) doDecide(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	id := v.PathValue("id")
	a, err := c.store.Approval(v.Context(), id)
	if err != nil {
		return err
	}
	kind, yes := acts[a.Kind], v.PostForm.Get("decision") == store.ApprovalApproved
	switch {
	case !slices.Contains(kind.decide, v.user.Role) && a.Actor != v.user.Name:
		return store.ErrNotFound // what others ask of others is none of this person's business
	case !slices.Contains(kind.decide, v.user.Role), !yes && v.PostForm.Get("decision") != store.ApprovalRefused:
		return store.ErrForbidden
	}
	_, err = c.store.Decide(v.Context(), id, yes, typedText(v, "verdict"), func(ctx context.Context, a store.Approval) error {
		follows := kind.do
		if a.Status == store.ApprovalRefused {
			follows = kind.refused
		}
		if follows == nil {
			return nil
		}
		return follows(c, ctx, a)
	})
	notice := "approved"
	switch {
	case errors.Is(err, store.ErrSamePerson):
		notice = "same_person"
	case errors.Is(err, store.ErrExpired):
		notice = "proposal_expired"
	case errors.Is(err, store.ErrNoReason):
		notice = "unreasoned"
	case errors.Is(err, release.ErrOvertaken):
		notice = "overtaken"
	case errors.Is(err, store.ErrMoved), errors.Is(err, store.ErrLastRelease), errors.Is(err, pv.ErrMove):
		notice = "gone"
	case err != nil:
		if notice = refusedAct(err); notice == "" {
			return err
		}
	case !yes:
		notice = "proposal_refused"
	}
	return c.back(w, v, notice, "/console/approvals")
}

// refusedAct is what a person is told whose decision the act itself refuses, "" = that was no refusal.
func refusedAct(err error) string {
	for notice, refusal := range superNotices {
		if errors.Is(err, refusal) {
			return notice
		}
	}
	return noticeOf(err)
}

func (c *Console) actShare(ctx context.Context, a store.Approval) error {
	_, id, share, err := releaseOf(a)
	if err != nil {
		return err
	}
	return c.releases.Share(ctx, id, share, a.Actor, a.Reason)
}

// actRules puts a proposed release of other rules into force.
func (c *Console) actRules(ctx context.Context, a store.Approval) error {
	body, id, share, err := releaseOf(a)
	if err != nil {
		return err
	}
	base, err := body.number("base")
	if err != nil {
		return err
	}
	return c.releases.Enact(ctx, id, base, share, a.Actor, a.Reason)
}

func (c *Console) actLift(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	id, err := body.number("recall")
	if err != nil {
		return err
	}
	return c.store.LiftRecall(ctx, id, a.Actor, a.Reason)
}

func (c *Console) actRole(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	return c.store.PlaceUser(ctx, store.User{Name: body["name"], Role: body["role"], Rep: body["rep"], Team: body["team"]}, a.Actor)
}
