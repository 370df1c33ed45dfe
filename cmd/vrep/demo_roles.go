package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/store"
)

//go:embed demo_roles.html
var demoRolesPage string

// demoAccount is the account of the demo that plays a role.
func demoAccount(role string) string {
	if role == store.RoleAdmin {
		return console.AdminName
	}
	return "demo-" + role
}

// makeRoles makes an account without a password for every role but the administrator's, so that somebody who tries the demo sees what each role sees. Rep
// and access are the first sample rep; the manager leads that rep's team.
func (w *demoWorld) makeRoles(ctx context.Context) error {
	reps, err := w.app.store.Reps(ctx)
	if err != nil || len(reps) == 0 {
		return err
	}
	for _, role := range console.Roles {
		u := store.User{Name: demoAccount(role), Role: role, Hash: "-"}
		switch role {
		case store.RoleAdmin:
			continue
		case store.RoleRep, store.RoleAccess:
			u.Rep = reps[0].UserID
		case store.RoleManager:
			u.Team = reps[0].Team
		}
		if err := w.app.store.AddUser(ctx, u, "demo"); err != nil && !errors.Is(err, store.ErrExists) {
			return fmt.Errorf("making an account of the demo: %w", err)
		}
	}
	return nil
}

// showRoles lists the roles that can be tried.
func (w *demoWorld) showRoles(res http.ResponseWriter, _ *http.Request) {
	res.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := template.Must(template.New("roles").Parse(demoRolesPage)).Execute(res, console.Roles); err != nil {
		w.app.log.Debug("reader has gone", "error", err)
	}
}

// enterAs leads into the console as one of the roles.
func (w *demoWorld) enterAs(res http.ResponseWriter, r *http.Request) {
	role := r.PathValue("role")
	if !slices.Contains(console.Roles, role) {
		http.NotFound(res, r)
		return
	}
	link, err := w.app.console.OneTimeLink(r.Context(), demoAccount(role))
	if err != nil {
		w.app.log.Error("making a link of the demo failed", "error", err)
		http.Error(res, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	http.Redirect(res, r, link, http.StatusSeeOther)
}
