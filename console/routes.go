package console

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// route is one page or act of the console for people who are logged in.
type route struct {
	method string
	path   string
	nav    string // entry of the navigation that it belongs to
	roles  grants // who may use it
	handle func(http.ResponseWriter, *request) error
}

// request is one request of a person who is logged in.
type request struct {
	*http.Request
	user  store.User
	shell shell
}

// routes is the whole list: deny by default. What is not in it does not exist, and a role that a line does not name may not use it.
func (c *Console) routes() []route {
	return []route{
		{"GET", "/console/{$}", "overview", figures, c.pageOverview},
		{"GET", "/console/doctors", "doctors", people, c.pageDoctors},
		{"POST", "/console/doctors/export", "doctors", exporters, c.doExport},
		{"GET", "/console/doctors/{id}", "doctors", people, c.pageDoctor},
		{"GET", "/console/doctors/{id}/live", "doctors", people, c.liveDoctor},
		{"POST", "/console/doctors/{id}/reveal", "doctors", revealers, c.doReveal},
		{"POST", "/console/doctors/{id}/wish", "doctors", settlers, c.doCloseWish},
		{"GET", "/console/supers", "supers", supers, c.pageSupers},
		{"GET", "/console/supers/{id}", "supers", supers, c.pageSuper},
		{"POST", pathDecideSuper, "supers", superDeciders, c.doDecideSuper},
		{"POST", pathWorkSuper, "supers", superWorkers, c.doWorkSuper},
		{"POST", pathClearSuper, "supers", compliance, c.doClearSuper},
		{"GET", "/console/invitations", "invitations", supers, c.pageInvitations},
		{"GET", "/console/quotes", "quotes", quoteReaders, c.pageQuotes},
		{"POST", pathApproveQuote, "quotes", quoteDeciders, c.doApproveQuote},
		{"POST", pathRejectQuote, "quotes", quoteDeciders, c.doRejectQuote},
		{"POST", pathUseQuote, "quotes", quoteReaders, c.doUseQuote},
		{"GET", "/console/meetings", "meetings", meetings, c.pageMeetings},
		{"GET", "/console/meetings/edit", "meetings", meetingAuthors, c.pageEditMeeting},
		{"GET", "/console/meetings/{id}", "meetings", meetings, c.pageMeeting},
		{"POST", pathSaveMeeting, "meetings", meetingAuthors, c.doSaveMeeting},
		{"POST", pathProposeMeeting, "meetings", meetingAuthors, c.doProposeMeeting},
		{"POST", pathRunMeeting, "meetings", meetingAuthors, c.doRunMeeting},
		{"POST", pathFollowMeeting, "meetings", meetingCallers, c.doFollowMeeting},
		{"GET", "/console/figures", "figures", analysts, c.pageFigures},
		{"POST", "/console/figures/costs", "figures", operators, c.doAddCost},
		{"POST", "/console/figures/export", "figures", readers, c.doExportFigures},
		{"GET", "/console/segments", "segments", people, c.pageSegments},
		{"POST", "/console/segments", "segments", operators, c.doSaveSegment},
		{"POST", "/console/segments/{id}/drop", "segments", operators, c.doDropSegment},
		{"GET", "/console/campaigns", "campaigns", campaignEyes, c.pageCampaigns},
		{"POST", "/console/campaigns", "campaigns", campaigners, c.doAddCampaign},
		{"GET", "/console/campaigns/{id}", "campaigns", campaignEyes, c.pageCampaign},
		{"POST", pathMoveCampaign, "campaigns", campaigners, c.doMoveCampaign},
		{"GET", "/console/rules", "rules", analysts, c.pageRules},
		{"POST", "/console/rules/preview", "rules", tryers, c.doPreviewRules},
		{"POST", "/console/rules/propose", "rules", proposers, c.doProposeRules},
		{"GET", "/console/leads", "leads", sales, c.pageLeads},
		{"POST", "/console/leads/reassign", "leads", movers, c.doReassign},
		{"GET", "/console/leads/{id}", "leads", sales, c.pageLead},
		{"GET", "/console/transfers", "handover", takers, c.pageTransfers},
		{"GET", "/console/transfers/{id}", "handover", takers, c.pageTransfer},
		{"POST", "/console/transfers/{id}/contact", "handover", movers.and(to(store.RoleRep)), c.doContact},
		{"POST", "/console/transfers/{id}/decide", "handover", movers, c.doDecideTransfer},
		{"GET", "/console/departures", "handover", overseers, c.pageDepartures},
		{"POST", "/console/departures", "handover", movers, c.doDepart},
		{"GET", "/console/departures/{id}", "handover", overseers, c.pageDeparture},
		{"POST", "/console/departures/{id}/confirm", "handover", movers, c.doConfirmDeparture},
		{"POST", "/console/departures/{id}/end", "handover", movers, c.doEndDeparture},
		{"GET", "/console/pool", "handover", overseers, c.pagePool},
		{"POST", "/console/pool/{id}/give", "handover", movers, c.doGive},
		{"GET", "/console/cases", "cases", cases, c.pageCases},
		{"GET", "/console/cases/{no}", "cases", cases, c.pageCase},
		{"GET", "/console/cases/{no}/export", "cases", safety, c.exportCase},
		{"POST", "/console/cases/{no}/acts/{act}", "cases", safety, c.doCase},
		{"POST", "/console/reconcile", "cases", safety, c.doReconcile},
		{"GET", "/console/inquiries", "inquiries", medical, c.pageInquiries},
		{"GET", "/console/inquiries/{id}", "inquiries", medical, c.pageInquiry},
		{"POST", "/console/inquiries/{id}/write", "inquiries", medical, c.doWriteInquiry},
		{"POST", "/console/inquiries/{id}/send", "inquiries", medical, c.doSendInquiry},
		{"POST", "/console/inquiries/{id}/close", "inquiries", medical, c.doCloseInquiry},
		{"GET", "/console/flags", "flags", compliance, c.pageFlags},
		{"POST", "/console/flags/{id}/close", "flags", compliance, c.doCloseFlag},
		{"GET", "/console/rights", "rights", compliance.and(to(store.RoleAuditor)), c.pageRights},
		{"POST", "/console/rights/{id}/close", "rights", compliance, c.doCloseRight},
		{"GET", "/console/verifications", "verifications", verifiers, c.pageVerifications},
		{"GET", "/console/verifications/{id}", "verifications", verifiers, c.pageVerification},
		{"POST", "/console/verifications/{id}/decide", "verifications", checkers, c.doJudge},
		{"POST", "/console/verifications/{id}/ask", "verifications", checkers, c.doAskProof},
		{"POST", "/console/verifications/{id}/reveal", "verifications", checkers, c.doRevealLicence},
		{"POST", "/console/verifications/{id}/confirm", "verifications", to(store.RoleRep), c.doConfirm},
		{"GET", "/console/notices", "notices", notified, c.pageNotices},
		{"POST", "/console/notices/{id}/done", "notices", settlers, c.doCloseNotice},
		{"GET", "/console/approvals", "approvals", everyone, c.pageApprovals},
		{"POST", "/console/approvals/{id}/decide", "approvals", everyone, c.doDecide},
		{"POST", "/console/approvals/{id}/file", "approvals", exporters, c.doExportApproved},
		{"GET", "/console/flows", "flows", everyone, c.pageFlows},
		{"GET", "/console/flows/{id}", "flows", everyone, c.pageFlow},
		{"GET", "/console/flows/{id}/drawing", "flows", everyone, c.showDrawing},
		{"GET", "/console/flows/{id}/print", "flows", everyone, c.showPrint},
		{"GET", "/console/flows/{id}/recall", "flows", operators, c.pageRecall},
		{"POST", "/console/flows/{id}/recall", "flows", operators, c.doRecall},
		{"POST", "/console/recalls/{id}/lift", "flows", operators, c.doLift},
		{"GET", "/console/releases/{id}", "flows", everyone, c.pageRelease},
		{"POST", "/console/releases/{id}/rollback", "flows", operators, c.doRollback},
		{"POST", "/console/releases/{id}/share", "flows", operators, c.doShare},
		{"GET", "/console/scenes", "scenes", everyone, c.pageScenes},
		{"POST", "/console/scenes", "scenes", operators, c.doAddScene},
		{"POST", "/console/scenes/reps", "scenes", operators, c.doAddRepScenes},
		{"GET", "/console/scenes/pictures.zip", "scenes", operators, c.zipScenes},
		{"GET", "/console/scenes/{id}", "scenes", everyone, c.pageScene},
		{"GET", "/console/scenes/{id}/picture", "scenes", everyone, c.showScene},
		{"POST", "/console/scenes/{id}/close", "scenes", operators, c.doCloseScene},
		{"GET", "/console/contents", "contents", everyone, c.pageContents},
		{"GET", "/console/hospitals", "master", placed, c.pageHospitals},
		{"GET", "/console/hospitals/{id}", "master", everyone, c.pageHospital},
		{"GET", "/console/products", "master", everyone, c.pageProducts},
		{"GET", "/console/imports", "master", masters, c.pageImports},
		{"POST", "/console/imports", "master", importers, c.doImport},
		{"GET", "/console/imports/template/{kind}", "master", masters, c.showTemplate},
		{"GET", "/console/imports/{id}", "master", masters, c.pageImport},
		{"GET", "/console/merges", "master", importers, c.pageMerges},
		{"GET", "/console/merges/{kind}", "master", importers, c.pagePair},
		{"POST", "/console/merges/{kind}", "master", importers, c.doMerge},
		{"GET", "/console/outbox", "outbox", operators, c.pageOutbox},
		{"POST", "/console/outbox/{id}/retry", "outbox", operators, c.doRetry},
		{"GET", "/console/audit", "audit", auditors, c.pageAudit},
		{"GET", "/console/users", "users", adminOnly, c.pageUsers},
		{"POST", "/console/users", "users", adminOnly, c.doAddUser},
		{"POST", "/console/users/{name}/place", "users", adminOnly, c.doPlaceUser},
		{"POST", "/console/users/{name}/reset", "users", adminOnly, c.doResetUser},
		{"POST", "/console/users/{name}/disable", "users", adminOnly, c.doDisableUser},
	}
}

// navigation is the order of the menu: name, address and the group that it stands in. A person sees the entries that they may open.
var navigation = []navEntry{
	{Name: "overview", Path: "/console/"},
	{Name: "doctors", Path: "/console/doctors", Group: "people"},
	{Name: "supers", Path: "/console/supers", Group: "people"},
	{Name: "segments", Path: "/console/segments", Group: "people"},
	{Name: "figures", Path: "/console/figures", Group: "people"},
	{Name: "leads", Path: "/console/leads", Group: "work"},
	{Name: "handover", Path: "/console/transfers", Group: "work"},
	{Name: "meetings", Path: "/console/meetings", Group: "work"},
	{Name: "campaigns", Path: "/console/campaigns", Group: "work"},
	{Name: "invitations", Path: "/console/invitations", Group: "work"},
	{Name: "cases", Path: "/console/cases", Group: "due"},
	{Name: "inquiries", Path: "/console/inquiries", Group: "due"},
	{Name: "verifications", Path: "/console/verifications", Group: "due"},
	{Name: "approvals", Path: "/console/approvals", Group: "due"},
	{Name: "notices", Path: "/console/notices", Group: "due"},
	{Name: "rights", Path: "/console/rights", Group: "due"},
	{Name: "flags", Path: "/console/flags", Group: "due"},
	{Name: "contents", Path: "/console/contents", Group: "words"},
	{Name: "quotes", Path: "/console/quotes", Group: "words"},
	{Name: "flows", Path: "/console/flows", Group: "words"},
	{Name: "rules", Path: "/console/rules", Group: "words"},
	{Name: "scenes", Path: "/console/scenes", Group: "house"},
	{Name: "master", Path: "/console/hospitals", Group: "house"},
	{Name: "outbox", Path: "/console/outbox", Group: "house"},
	{Name: "audit", Path: "/console/audit", Group: "house"},
	{Name: "users", Path: "/console/users", Group: "house"},
}

// masterPages are the pages below the menu's entry for master data.
var masterPages = []navEntry{
	{Name: "hospitals", Path: "/console/hospitals"},
	{Name: "products", Path: "/console/products"},
	{Name: "imports", Path: "/console/imports"},
	{Name: "merges", Path: "/console/merges"},
}

// Handler serves /console/, /h/, /d/, /r/ and /i/.
func (c *Console) Handler() http.Handler {
	inside := http.NewServeMux()
	inside.HandleFunc("GET /console/login", c.showLogin)
	inside.HandleFunc("POST /console/login", c.doLogin)
	inside.HandleFunc("GET /console/enter/{token}", c.showEnter)
	inside.HandleFunc("POST /console/enter/{token}", c.doEnter)
	inside.HandleFunc("POST /console/logout", c.doLogout)
	inside.HandleFunc("GET /console/password", c.withUser(c.showPassword))
	inside.HandleFunc("POST /console/password", c.withUser(c.doPassword))
	for _, r := range c.table {
		inside.HandleFunc(r.method+" "+r.path, c.guard(r))
	}
	inside.HandleFunc("/console/", c.guard(route{roles: everyone, handle: func(http.ResponseWriter, *request) error { return store.ErrNotFound }}))

	mux := http.NewServeMux()
	mux.Handle("GET /console/assets/{file}", c.assets)
	mux.Handle("/console/", c.sessions.LoadAndSave(inside))
	c.repRoutes(mux)
	c.doctorRoutes(mux)
	return c.frame(c.cross.Handler(mux))
}

// masked tells whether the person sees no names on this route.
func (v *request) masked() bool {
	who, _ := store.Viewing(v.Context())
	return who.Masked
}

// narrow tells whether the person sees some doctors only.
func (v *request) narrow() bool {
	who, _ := store.Viewing(v.Context())
	return who.Reach != store.ReachAll
}

// guard lets through who is logged in, has no password to change first, plays one of the route's roles and may know of what the address names. From here on
// the store works for this person.
func (c *Console) guard(r route) http.HandlerFunc {
	return c.withUser(func(w http.ResponseWriter, v *request) error {
		if v.user.MustChange && !c.sessions.GetBool(v.Context(), keyLink) {
			http.Redirect(w, v.Request, "/console/password", http.StatusSeeOther)
			return nil
		}
		see, granted := r.roles[v.user.Role]
		if home := homes[v.user.Role]; !granted && home != "" && r.path == "/console/{$}" {
			http.Redirect(w, v.Request, home, http.StatusSeeOther)
			return nil
		}
		if !granted {
			c.fail(w, v.Request, v.shell, http.StatusForbidden)
			return nil
		}
		v.Request = v.WithContext(store.As(v.Context(), viewer(v.user, see)))
		if known, err := c.admits(v, r); err != nil || !known {
			return cmp.Or(err, store.ErrNotFound)
		}
		v.shell = c.shellFor(v.user, r.nav)
		return r.handle(w, v)
	})
}

// withUser sends people who are not logged in to the login page and turns a handler's error into an error page.
func (c *Console) withUser(handle func(http.ResponseWriter, *request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, err := c.current(r.Context())
		if errors.Is(err, errNoSession) {
			http.Redirect(w, r, loginPath(r), http.StatusSeeOther)
			return
		}
		v := &request{Request: r, user: u}
		if err == nil {
			v.shell = c.shellFor(u, "")
			err = handle(w, v)
		}
		if err != nil {
			c.failErr(w, r, v.shell, err)
		}
		c.log.Info("console request", "method", r.Method, "route", r.Pattern, "user", u.Name)
	}
}

// failErr shows the page for an error and logs those that are not the visitor's.
func (c *Console) failErr(w http.ResponseWriter, r *http.Request, s shell, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, store.ErrNotFound):
		c.fail(w, r, s, http.StatusNotFound)
	case errors.Is(err, store.ErrForbidden):
		c.fail(w, r, s, http.StatusForbidden)
	case errors.As(err, &tooLarge):
		c.fail(w, r, s, http.StatusRequestEntityTooLarge)
	case errors.Is(err, store.ErrUnavailable):
		c.log.Error("console request failed", "route", r.Pattern, "error", err)
		c.fail(w, r, s, http.StatusServiceUnavailable)
	default:
		c.log.Error("console request failed", "route", r.Pattern, "error", err)
		c.fail(w, r, s, http.StatusInternalServerError)
	}
}
