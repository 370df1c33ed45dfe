package console

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/vrep/vrep/store"
)

// AdminName is the account created at the first start.
const AdminName = "admin"

// byCommand is the actor of acts done at the command line.
const byCommand = "command line"

// Errors of account commands.
var (
	// ErrBadName: an account name is 2 to 32 of a-z, 0-9, dot, dash and underscore.
	ErrBadName = errors.New("console: account name must be 2 to 32 of a-z 0-9 . _ -")
	// ErrBadRole: roles are admin, viewer and safety.
	ErrBadRole = errors.New("console: role must be admin, viewer or safety")
)

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// EnsureAdmin creates the account AdminName when no account exists. The password is returned this once; only its hash is kept. It must be changed at
// the first login. Of several instances starting at once, one reports created.
func EnsureAdmin(ctx context.Context, st *store.Store) (name, password string, created bool, err error) {
	users, err := st.Users(ctx)
	if err != nil || len(users) > 0 {
		return AdminName, "", false, err
	}
	password, err = AddUser(ctx, st, AdminName, store.RoleAdmin)
	if errors.Is(err, store.ErrExists) {
		return AdminName, "", false, nil
	}
	return AdminName, password, err == nil, err
}

// AddUser creates an account with a drawn password, which is returned this once. ErrBadName, ErrBadRole, store.ErrExists.
func AddUser(ctx context.Context, st *store.Store, name, role string) (password string, err error) {
	if !nameShape.MatchString(name) {
		return "", ErrBadName
	}
	if role != store.RoleAdmin && role != store.RoleViewer && role != store.RoleSafety {
		return "", ErrBadRole
	}
	password = newPassword()
	u := store.User{Name: name, Hash: hashPassword(password), Role: role, MustChange: true}
	if err := st.AddUser(ctx, u, byCommand); err != nil {
		return "", fmt.Errorf("adding account: %w", err)
	}
	return password, nil
}

// ResetPassword draws a new password, which is returned this once, opens a disabled account again and ends all of its sessions. store.ErrNotFound.
func ResetPassword(ctx context.Context, st *store.Store, name string) (password string, err error) {
	password = newPassword()
	if err := st.SetPassword(ctx, name, hashPassword(password), true, byCommand); err != nil {
		return "", fmt.Errorf("resetting password: %w", err)
	}
	return password, nil
}

// DisableUser closes an account and ends all of its sessions. store.ErrNotFound.
func DisableUser(ctx context.Context, st *store.Store, name string) error {
	if err := st.DisableUser(ctx, name, byCommand); err != nil {
		return fmt.Errorf("disabling account: %w", err)
	}
	return nil
}

// ListUsers gives all accounts by name. Their hashes are left out.
func ListUsers(ctx context.Context, st *store.Store) ([]store.User, error) {
	users, err := st.Users(ctx)
	if err != nil {
		return nil, err
	}
	for i := range users {
		users[i].Hash = ""
	}
	return users, nil
}
