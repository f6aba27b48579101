"""What a user can do with the page, sentence by sentence, and the browser tests that look at it.

`test_sentences.py` sees to it that each of these tests exists. A new ability of the page gets a line here first.
"""

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, ...]] = {
    # One glance
    "The city opens with every key project as a light, a colour and a shape": (
        "test_lights::test_every_project_is_listed_and_pinned_with_its_light",
        "test_views::test_a_view_is_made_and_alive",
    ),
    "Counts per light, per district, per kind, funds and labour totals, what changed since last month": (
        "test_sample_city::test_one_glance_tells_lights_groups_totals_and_changes",
        "test_city::test_what_burns_is_told_without_a_click",
        "test_city::test_the_changed_projects_unfold",
        "test_city::test_groups_have_their_lights_and_lead_to_their_projects",
    ),
    "No click is needed to know where it burns": ("test_city::test_what_burns_is_told_without_a_click",),
    "What lies under the pointer says its name and number": (
        "test_map::test_a_district_under_the_pointer_says_its_name_and_number",
        "test_map::test_a_column_says_its_name_and_number_and_leads_to_its_reason",
        "test_project::test_a_coloured_element_says_what_its_colour_means",
        "test_layers::test_what_lies_under_the_pointer_is_told",
    ),
    # The date
    "A slider moves the day; lights, counts, pins follow, and no geometry is asked for": (
        "test_city::test_the_slider_moves_the_day_and_asks_for_no_geometry",
        "test_lights::test_counts_are_those_of_the_day",
    ),
    "A play button runs from the first to the last day": (
        "test_city::test_days_run_by_from_the_first_until_the_last",
        "test_city::test_space_starts_and_stops",
    ),
    "Forecasts beyond today are drawn as forecasts": (
        "test_city::test_months_to_come_are_hatched",
        "test_city::test_a_day_to_come_is_called_a_forecast",
        "test_project::test_a_day_to_come_is_called_a_forecast",
    ),
    "Curves and elements follow the day": (
        "test_project::test_the_curve_is_drawn_and_its_table_is_the_servers",
        "test_project::test_an_element_follows_the_day",
        "test_lights::test_another_day_changes_lights_and_colours_and_fetches_no_tile",
    ),
    "Two dates side by side with a swipe divider": (
        "test_map::test_two_days_lie_side_by_side",
        "test_map::test_both_days_follow_one_camera",
        "test_city::test_last_months_day_goes_along",
    ),
    # The colour
    "Nine colourings, each with one legend in 2D and 3D, on columns and elements": (
        "test_sample_city::test_each_colouring_has_one_legend_and_colours_columns_and_elements",
        "test_lights::test_the_legend_is_the_servers",
    ),
    "Columns on the city": ("test_map::test_columns_stand_over_projects_in_the_legends_colours",),
    "A choropleth on the city": ("test_map::test_districts_are_filled_in_the_legends_colours",),
    # Why
    "A project says why: rule, clause, citation, planned and earned value, report and date, tasks behind": (
        "test_project::test_the_reason_is_the_servers",
        "test_project::test_the_curve_is_drawn_and_its_table_is_the_servers",
        "test_project::test_tasks_behind_are_those_of_a_recount",
        "test_lights::test_the_card_says_why",
    ),
    "A column and a district say why": (
        "test_map::test_a_column_says_its_name_and_number_and_leads_to_its_reason",
        "test_map::test_a_district_under_the_pointer_says_its_name_and_number",
        "test_city::test_groups_have_their_lights_and_lead_to_their_projects",
    ),
    "An element says why": (
        "test_project::test_an_element_says_why",
        "test_project::test_an_element_follows_the_day",
    ),
    # Into the building
    "From the city to an element without a page change": (
        "test_access::test_the_keyboard_alone_leads_through_the_page",
        "test_page::test_a_click_on_a_wall_answers_with_its_global_id",
        "test_map::test_what_draws_models_is_asked_for_when_one_is_near",
    ),
    "Storeys, classes and systems as a tree: show, hide, isolate, ghost the rest": (
        "test_model::test_a_hidden_storey_goes_and_comes_back",
        "test_model::test_a_class_is_isolated_and_the_rest_are_ghosts_or_gone",
        "test_model::test_systems_are_shown_alone",
        "test_model::test_the_keyboard_hides_and_isolates",
    ),
    "A section plane": (
        "test_model::test_a_section_cuts_by_the_interface_and_the_address_restores_it",
        "test_tools::test_a_level_section_cuts_at_its_height",
        "test_tools::test_an_upright_section_cuts_at_its_offset",
    ),
    "Length, height and area are measured": (
        "test_model::test_a_wall_measures_what_it_is",
        "test_tools::test_lengths_heights_and_areas_are_those_of_the_file",
    ),
    "What the pointer is on is highlighted": ("test_page::test_what_lies_under_the_pointer_is_lit",),
    "A building reads as a building": ("test_depth::test_what_stands_behind_a_facade_does_not_shine_through",),
    "Property sets, tasks, resources and history of an element": (
        "test_page::test_a_click_on_a_wall_answers_with_its_global_id",
        "test_project::test_an_element_follows_the_day",
    ),
    "Search by name, code, address, GlobalId, Chinese or pinyin": (
        "test_sample_city::test_search_finds_by_name_code_address_pinyin_and_global_id",
        "test_model::test_search_finds_by_name_code_pinyin_and_global_id",
    ),
    # Keep and share
    "The URL restores the exact view": (
        "test_sample_city::test_an_address_restores_the_city_and_its_comparison",
        "test_page::test_an_address_restores_everything",
        "test_share::test_the_address_restores_the_view",
    ),
    "A PNG of the view": (
        "test_map::test_the_picture_has_the_map_and_a_legend_under_it",
        "test_share::test_the_picture_is_that_of_the_map",
    ),
    "Project sheet and city overview as PDF and XLSX": (
        "test_sample_city::test_sheets_and_overviews_are_of_what_is_shown",
        "test_share::test_everything_offered_is_there",
    ),
    "The pydeck JSON and the 3D Tiles URL of what is shown": (
        "test_sample_city::test_scene_and_tiles_are_for_other_programs",
    ),
    "`twin export DIR` is a static site that any web server can host": (
        "test_export::test_the_city_is_seen_at_once",
        "test_export::test_the_server_is_a_plain_one",
        "test_export::test_a_building_is_coloured_and_its_project_told",
    ),
    # What holds everywhere
    "Names of strangers are text everywhere": (
        "test_project::test_hostile_names_are_text",
        "test_project::test_hostile_names_elsewhere_are_text",
        "test_project::test_hostile_names_are_text_in_lists_search_and_two_days",
        "test_export::test_the_city_is_seen_at_once",
    ),
    "A lost server, slow tiles, an empty city, no WebGL 2: a sentence and a way on": (
        "test_troubles::test_a_lost_server_is_said_in_every_panel_and_comes_back",
        "test_troubles::test_a_server_lost_before_the_first_answer_is_said",
        "test_troubles::test_slow_tiles_show_how_far_they_are_and_hold_nothing_up",
        "test_troubles::test_an_empty_city_says_so_in_every_panel",
        "test_troubles::test_without_webgl_every_panel_goes_on",
        "test_map::test_a_lost_context_says_so_and_can_be_loaded_again",
    ),
    "Nothing keeps anybody out; the keyboard is enough": (
        "test_access::test_axe_finds_nothing_serious",
        "test_access::test_the_first_visit_has_nothing_serious",
        "test_access::test_pages_do_not_scroll_sideways",
        "test_access::test_the_keyboard_alone_leads_through_the_page",
        "test_manners::test_text_can_be_read",
    ),
    "A guided first visit, and help in both languages": (
        "test_share::test_the_first_visit_is_shown_once",
        "test_share::test_help_is_in_the_readers_language",
    ),
    # Clashes
    "An engineer steps through groups of clashes, with filters": (
        "test_clashes::test_a_project_leads_to_its_clashes",
        "test_clashes::test_groups_open_and_one_steps_through_all_of_them",
        "test_clashes::test_filters_choose_what_is_listed",
    ),
    "The camera frames the two elements in colour, the rest ghosted; volume and depth are told": (
        "test_clashes::test_the_camera_frames_both_in_colour_and_ghosts_the_rest",
        "test_clashes::test_depth_volume_and_method_are_told",
        "test_clashes::test_what_is_not_exact_is_warned_of",
    ),
    "Status, person, due date and comment are set, for one or a whole group": (
        "test_clash_decisions::test_a_decision_is_kept",
        "test_clash_decisions::test_a_whole_group_is_decided_at_once",
        "test_clash_decisions::test_what_the_server_refuses_is_said_beside_the_form",
    ),
    "The city map says where clashes are open and how severe": (
        "test_clashes::test_the_city_map_tells_where_clashes_are_open_and_how_bad",
    ),
    "BCF goes out and comes back": ("test_clash_decisions::test_bcf_goes_out_and_comes_back",),
    # People
    "People sign in and out; the public sees what is published, and nothing that does not work for them": (
        "test_people::test_somebody_signs_in_and_out",
        "test_people::test_the_public_sees_what_is_published_and_nothing_dead",
        "test_people::test_where_nobody_signs_in_nothing_changes",
        "test_people::test_roles_have_what_they_need",
        "test_people::test_the_keyboard_signs_in_and_the_focus_stays_inside",
        "test_people::test_nothing_keeps_anybody_out",
    ),
    "What needs somebody asks them to sign in, and goes on": (
        "test_people::test_what_needs_somebody_asks_and_goes_on",
        "test_people::test_too_many_attempts_say_how_long_to_wait",
        "test_uploads::test_a_session_that_ends_while_a_file_is_sent_costs_nothing",
    ),
    "Passwords and keys of programs are one's own matter": (
        "test_people::test_a_password_is_changed_and_a_key_is_shown_once",
    ),
    # Uploads
    "Models are sent in the browser, looked at, and published": (
        "test_uploads::test_a_model_is_sent_looked_at_and_published",
        "test_uploads::test_what_changes_is_told_and_can_be_withdrawn",
        "test_uploads::test_what_is_no_model_is_refused_in_words",
        "test_uploads::test_whoever_sits_at_the_machine_sends_models",
    ),
    "A lost server or a closed page costs no part of a file twice": (
        "test_uploads::test_a_lost_server_and_a_closed_page_cost_no_part_twice",
    ),
    "Long work is listed": ("test_uploads::test_jobs_are_listed_cancelled_and_tried_again",),
    # Administration
    "Administrators add people, publish, and read the log": (
        "test_administration::test_somebody_is_added_given_a_role_and_kept_out",
        "test_administration::test_what_is_ticked_is_what_the_public_sees",
        "test_administration::test_the_log_tells_who_did_what",
        "test_administration::test_nothing_keeps_anybody_out",
    ),
}
