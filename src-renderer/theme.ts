import {
  ActionIcon,
  Button,
  createTheme,
  Drawer,
  Input,
  Menu,
  Modal,
  Popover,
  SegmentedControl,
  Tooltip,
} from '@mantine/core';

/**
 * Sizes and defaults of the controls. Colours, type and spacing are CSS variables in styles/tokens.css,
 * because the page's policy forbids the style element in which the provider would write them.
 */
export const theme = createTheme({
  primaryColor: 'blue',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default' },
      vars: (_theme, props) => ({
        root: {
          '--button-height': props.size === 'xs' ? '1.625rem' : '2rem',
          '--button-padding-x': props.size === 'xs' ? '0.5rem' : '0.75rem',
          '--button-fz': props.size === 'xs' ? '0.75rem' : '0.8125rem',
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: 'subtle', color: 'gray' },
      vars: (_theme, props) => ({ root: { '--ai-size': props.size === 'xs' ? '1.5rem' : '2rem' } }),
    }),
    // The document never scrolls, and the library would lock it with a style element.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } }),
    // Their <header> is no second banner of the page.
    ModalHeader: Modal.Header.extend({ defaultProps: { role: 'none' } }),
    DrawerHeader: Drawer.Header.extend({ defaultProps: { role: 'none' } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: 'none', withinPortal: true } }),
    Popover: Popover.extend({
      defaultProps: { transitionProps: { duration: 80 }, withinPortal: true, hideDetached: false },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 350,
        transitionProps: { duration: 80 },
        withArrow: false,
        events: { hover: true, focus: true, touch: false },
      },
    }),
    // A hint below its field keeps fields of one row on one line.
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs', transitionDuration: 120 } }),
  },
});
