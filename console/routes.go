package console

import (
	"errors"
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// route is one page or act of the console for people who are logged in.
type route struct {
	method string
	path   string
	nav    string   // entry of the navigation that it belongs to
	roles  []string // who may use it
	handle func(http.ResponseWriter, *request) error
}

// request is one request of a person who is logged in.
type request struct {
	*http.Request
	user  store.User
	shell shell
}

var (
	everyone  = []string{store.RoleAdmin, store.RoleViewer, store.RoleSafety}
	safety    = []string{store.RoleAdmin, store.RoleSafety}
	sales     = []string{store.RoleAdmin, store.RoleViewer}
	adminOnly = []string{store.RoleAdmin}
)

// routes is the whole list. What is not in it does not exist.
func (c *Console) routes() []route {
	return []route{
		{"GET", "/console/{$}", "overview", everyone, c.pageOverview},
		{"GET", "/console/doctors", "doctors", everyone, c.pageDoctors},
		{"GET", "/console/doctors/{id}", "doctors", everyone, c.pageDoctor},
		{"GET", "/console/doctors/{id}/live", "doctors", everyone, c.liveDoctor},
		{"POST", "/console/doctors/{id}/verify", "doctors", adminOnly, c.doVerify},
		{"POST", "/console/doctors/{id}/wish", "doctors", adminOnly, c.doCloseWish},
		{"GET", "/console/segments", "segments", sales, c.pageSegments},
		{"POST", "/console/segments", "segments", adminOnly, c.doSaveSegment},
		{"POST", "/console/segments/{id}/drop", "segments", adminOnly, c.doDropSegment},
		{"GET", "/console/rules", "rules", sales, c.pageRules},
		{"POST", "/console/rules/preview", "rules", adminOnly, c.doPreviewRules},
		{"GET", "/console/leads", "leads", sales, c.pageLeads},
		{"GET", "/console/leads/{id}", "leads", sales, c.pageLead},
		{"GET", "/console/cases", "cases", safety, c.pageCases},
		{"GET", "/console/cases/{no}", "cases", safety, c.pageCase},
		{"POST", "/console/cases/{no}/acknowledge", "cases", safety, c.doAcknowledge},
		{"GET", "/console/verifications", "verifications", sales, c.pageVerifications},
		{"GET", "/console/notices", "notices", everyone, c.pageNotices},
		{"POST", "/console/notices/{id}/done", "notices", safety, c.doCloseNotice},
		{"GET", "/console/flows", "flows", everyone, c.pageFlows},
		{"GET", "/console/flows/{id}", "flows", everyone, c.pageFlow},
		{"GET", "/console/flows/{id}/drawing", "flows", everyone, c.showDrawing},
		{"GET", "/console/flows/{id}/print", "flows", everyone, c.showPrint},
		{"GET", "/console/flows/{id}/recall", "flows", adminOnly, c.pageRecall},
		{"POST", "/console/flows/{id}/recall", "flows", adminOnly, c.doRecall},
		{"POST", "/console/recalls/{id}/lift", "flows", adminOnly, c.doLift},
		{"GET", "/console/releases/{id}", "flows", everyone, c.pageRelease},
		{"POST", "/console/releases/{id}/rollback", "flows", adminOnly, c.doRollback},
		{"POST", "/console/releases/{id}/share", "flows", adminOnly, c.doShare},
		{"GET", "/console/scenes", "scenes", everyone, c.pageScenes},
		{"POST", "/console/scenes", "scenes", adminOnly, c.doAddScene},
		{"POST", "/console/scenes/reps", "scenes", adminOnly, c.doAddRepScenes},
		{"GET", "/console/scenes/pictures.zip", "scenes", adminOnly, c.zipScenes},
		{"GET", "/console/scenes/{id}", "scenes", everyone, c.pageScene},
		{"GET", "/console/scenes/{id}/picture", "scenes", everyone, c.showScene},
		{"POST", "/console/scenes/{id}/close", "scenes", adminOnly, c.doCloseScene},
		{"GET", "/console/contents", "contents", everyone, c.pageContents},
		{"GET", "/console/outbox", "outbox", adminOnly, c.pageOutbox},
		{"POST", "/console/outbox/{id}/retry", "outbox", adminOnly, c.doRetry},
	}
}

// navigation is the order of the menu: name and address. A person sees the entries that they may open.
var navigation = []navEntry{
	{Name: "overview", Path: "/console/"},
	{Name: "doctors", Path: "/console/doctors"},
	{Name: "segments", Path: "/console/segments"},
	{Name: "leads", Path: "/console/leads"},
	{Name: "cases", Path: "/console/cases"},
	{Name: "verifications", Path: "/console/verifications"},
	{Name: "notices", Path: "/console/notices"},
	{Name: "scenes", Path: "/console/scenes"},
	{Name: "contents", Path: "/console/contents"},
	{Name: "rules", Path: "/console/rules"},
	{Name: "flows", Path: "/console/flows"},
	{Name: "outbox", Path: "/console/outbox"},
}

// Handler serves /console/, /h/, /d/ and /r/.
func (c *Console) Handler() http.Handler {
	inside := http.NewServeMux()
	inside.HandleFunc("GET /console/login", c.showLogin)
	inside.HandleFunc("POST /console/login", c.doLogin)
	inside.HandleFunc("GET /console/enter/{token}", c.showEnter)
	inside.HandleFunc("POST /console/enter/{token}", c.doEnter)
	inside.HandleFunc("POST /console/logout", c.doLogout)
	inside.HandleFunc("GET /console/password", c.withUser(c.showPassword))
	inside.HandleFunc("POST /console/password", c.withUser(c.doPassword))
	for _, r := range c.routes() {
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

// guard lets through who is logged in, has no password to change first and plays one of the route's roles.
func (c *Console) guard(r route) http.HandlerFunc {
	return c.withUser(func(w http.ResponseWriter, v *request) error {
		if v.user.MustChange && !c.sessions.GetBool(v.Context(), keyLink) {
			http.Redirect(w, v.Request, "/console/password", http.StatusSeeOther)
			return nil
		}
		if !slices.Contains(r.roles, v.user.Role) {
			c.fail(w, v.Request, v.shell, http.StatusForbidden)
			return nil
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
