package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
)

// accountMenu is the menu of the flows in force.
func (a *app) accountMenu() flows.Menu { return a.flows.Library().Menu() }

func newMenu() *cobra.Command {
	var configFile string
	var write bool
	c := &cobra.Command{
		Use: "menu", Short: "show the account's menu and whether the platform has it",
		Long: "Shows the menu of the configured flows (menu in _config.yaml) and compares it with what the official account has. With --sync it is written there,\n" +
			"replacing what it was. A running service does the same by itself when wechat_menu is on.",
		Example: "  vrep menu --config vrep.yaml\n  vrep menu --config vrep.yaml --sync", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(configFile)
			if err != nil {
				return err
			}
			return showMenu(c.Context(), c.OutOrStdout(), cfg, write)
		},
	}
	c.Flags().StringVar(&configFile, "config", "", "configuration file")
	c.Flags().BoolVar(&write, "sync", false, "write the menu to the account when it differs")
	return c
}

func showMenu(ctx context.Context, w io.Writer, cfg *config.Config, write bool) error {
	lib, problems := flows.Load(flowsFS(cfg))
	if stop, _ := stopping(problems); lib == nil || len(stop) > 0 {
		return fmt.Errorf("the flows have %d error(s): run vrep flows lint %s", len(problems), cfg.FlowsDir)
	}
	menu := lib.Menu()
	if len(menu.Everyone) == 0 {
		fmt.Fprintln(w, "the flows have no menu: write menu in _config.yaml")
		return errFindings
	}
	fmt.Fprintln(w, "everyone")
	printButtons(w, menu.Everyone, "  ")
	if len(menu.Verified) > 0 {
		fmt.Fprintln(w, "verified doctors")
		printButtons(w, menu.Verified, "  ")
	}
	if !cfg.WeChat.Ready() {
		fmt.Fprintln(w, "no account is configured")
		return errFindings
	}
	sender, err := newSender(cfg, newLog(slog.LevelError), func(*wechat.SenderOptions) {})
	if err != nil {
		return err
	}
	defer sender.Close()
	if write {
		changed, err := sender.SyncMenu(ctx, menu)
		if err == nil {
			fmt.Fprintln(w, map[bool]string{true: "written to the account", false: "the account had it already"}[changed])
		}
		return err
	}
	differs, err := sender.MenuDiffers(ctx, menu)
	if err != nil {
		return err
	}
	if differs {
		fmt.Fprintln(w, "the account has another menu: vrep menu --sync writes this one")
		return errFindings
	}
	fmt.Fprintln(w, "the account has it")
	return nil
}

func printButtons(w io.Writer, list []flows.MenuButton, indent string) {
	for _, b := range list {
		fmt.Fprintf(w, "%s%s  %s%s\n", indent, b.Name, b.Key, b.URL)
		printButtons(w, b.Sub, indent+"  ")
	}
}
